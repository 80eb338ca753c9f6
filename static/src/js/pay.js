// A payment's page: the payment service's own fields where it has any, and the outcome as soon as it is known.
import { t } from "./words.js";

const SOON_MS = 3000;
const LATER_MS = 15_000;
const PATIENCE_MS = 180_000;

/** What the service's codes mean, for those it says least about. */
const REFUSALS = {
  card_declined: () => t("发卡行拒绝了付款，请换一张卡或与发卡行联系。", "The card’s bank declined it; try another card or ask your bank."),
  insufficient_funds: () => t("余额或额度不足。", "Not enough money or credit."),
  expired_card: () => t("银行卡已过期。", "The card has expired."),
  incorrect_cvc: () => t("安全码不正确。", "The security code is wrong."),
  processing_error: () => t("支付机构处理出错，请稍后再试。", "The payment service failed to process it; try again soon."),
  payment_intent_authentication_failure: () => t("身份验证未通过，未扣款；请重试或换一种方式。", "The authentication failed and nothing was taken; try again or pay another way."),
};

/** Load the page anew when the payment stands otherwise than it shows. */
function watch(page) {
  const began = Date.now();
  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(page.dataset.ask, { headers: { Accept: "application/json" } });
        if (answer.ok && (await answer.json()).state !== page.dataset.state) {
          location.reload();
          return;
        }
      } catch {
        // No network just now: asked again below.
      }
    }
    setTimeout(ask, Date.now() - began < PATIENCE_MS ? SOON_MS : LATER_MS);
  };
  if (!["done", "failed"].includes(page.dataset.state)) setTimeout(ask, SOON_MS);
}

function loaded(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

/** The service's fields inside our form; card particulars never pass through this page. */
async function startFields(form) {
  const said = form.querySelector("[data-refused]");
  const button = form.querySelector("[data-pay]");
  const refuse = (words) => {
    said.textContent = words;
    said.hidden = !words;
  };
  const unreachable = () =>
    refuse(t("支付机构的输入框未能载入，请刷新页面或换一种付款方式。", "The payment service’s fields did not load; reload the page or pay another way."));
  let stripe;
  let elements;
  try {
    await loaded(form.dataset.script);
    const locale = t("zh", "en");
    stripe = window.Stripe(form.dataset.key, { locale });
    elements = stripe.elements({ clientSecret: form.dataset.secret });
    const fields = elements.create("payment");
    fields.on("ready", () => {
      form.querySelector("[data-loading]")?.remove();
      button.disabled = false;
    });
    fields.on("loaderror", unreachable);
    fields.mount(form.querySelector("[data-fields]"));
  } catch {
    unreachable();
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    refuse("");
    const back = new URL(form.dataset.return, location.href).href;
    try {
      const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: back } });
      if (!error) {
        location.assign(back);
        return;
      }
      const known = REFUSALS[error.decline_code] || REFUSALS[error.code];
      refuse(known ? known() : error.message || t("付款未成功，未扣款。", "The payment did not go through; nothing was taken."));
    } catch {
      refuse(t("支付机构没有答复，请点击“查询到账情况”后再试。", "The payment service gave no answer; ask “Has it arrived?” before you try again."));
    }
    button.disabled = false;
  });
}

/** Wire the page of a payment. */
export function startPayment(page) {
  watch(page);
  const form = page.querySelector("[data-elements]");
  if (form) startFields(form);
}
