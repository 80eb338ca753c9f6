"""What the stand-in shows a payer: the script with its fields in a frame, the bank's page, the Checkout page."""

from __future__ import annotations

from html import escape

from tests.peers.stripe_faults import Json

#: ``Stripe(pk)`` as our page uses it: elements, one payment element in a frame of its own origin, confirmPayment.
SCRIPT = """
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const leave = (url) => { window.location.assign(new URL(url, origin).href); };
  window.Stripe = (key) => {
    const elements = ({clientSecret}) => {
      let frame = null, listeners = {};
      const element = {
        mount(target) {
          const place = typeof target === "string" ? document.querySelector(target) : target;
          frame = document.createElement("iframe");
          frame.title = "Secure payment input frame";
          frame.name = "__privateStripeFrame1";
          frame.style.cssText = "border:0;width:100%;height:17rem";
          frame.src = `${origin}/v3/fields?secret=${encodeURIComponent(clientSecret)}&key=${encodeURIComponent(key)}`;
          frame.addEventListener("load", () => (listeners.ready || []).forEach((one) => one({elementType: "payment"})));
          place.replaceChildren(frame);
        },
        on(name, listener) { (listeners[name] ||= []).push(listener); return element; },
        unmount() { frame?.remove(); }, destroy() { frame?.remove(); }, update() {},
      };
      return {
        clientSecret, create: () => element, getElement: () => element, update() {},
        submit: async () => ({}), _ask: (message) => new Promise((resolve) => {
          const channel = new MessageChannel();
          channel.port1.onmessage = ({data}) => resolve(data);
          frame.contentWindow.postMessage(message, origin, [channel.port2]);
        }),
      };
    };
    return {
      elements,
      async confirmPayment({elements: fields, confirmParams = {}, redirect = "always"}) {
        const answer = await fields._ask({confirm: true, back: confirmParams.return_url});
        if (answer.error) return {error: answer.error};
        const next = answer.next_action;
        if (next) {
          leave(next.redirect_to_url?.url ?? next.wechat_pay_display_qr_code.hosted_instructions_url);
          return new Promise(() => {});
        }
        if (redirect === "if_required") return {paymentIntent: answer};
        const back = new URL(confirmParams.return_url);
        back.searchParams.set("payment_intent", answer.id);
        back.searchParams.set("payment_intent_client_secret", answer.client_secret);
        back.searchParams.set("redirect_status", "succeeded");
        leave(back.href);
        return new Promise(() => {});
      },
      async retrievePaymentIntent(secret) {
        const id = secret.split("_secret_")[0];
        const answer = await fetch(`${origin}/v1/payment_intents/${id}?client_secret=${secret}&key=${key}`);
        const told = await answer.json();
        return answer.ok ? {paymentIntent: told} : {error: told.error};
      },
    };
  };
})();
"""

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:.5rem;color:#1a1f36}label{display:block;margin:.4rem 0 .1rem}
input,select,button{font:inherit;padding:.5rem;box-sizing:border-box;width:100%;border-radius:4px}
input,select{border:1px solid #c1c9d2}
button{background:#635bff;color:#fff;margin-top:.8rem}main{max-width:28rem;margin:auto}.row{display:flex;gap:.5rem}
"""

_METHODS = {"card": "Card", "alipay": "Alipay", "wechat_pay": "WeChat Pay"}

FIELDS_SCRIPT = """
const query = new URLSearchParams(location.search), secret = query.get("secret"), id = secret.split("_secret_")[0];
addEventListener("message", async ({data, ports}) => {
  if (!data.confirm) return;
  const form = new FormData(document.forms[0]), body = new URLSearchParams();
  body.set("client_secret", secret); body.set("key", query.get("key")); body.set("return_url", data.back ?? "");
  body.set("payment_method_data[type]", form.get("method"));
  const number = form.get("number").replaceAll(" ", "");
  if (form.get("method") === "card") body.set("payment_method_data[card][number]", number);
  const answer = await fetch(`/v1/payment_intents/${id}/confirm`, {method: "POST", body});
  ports[0].postMessage(await answer.json());
});
"""


def page(title: str, body: str, *, script: str = "") -> str:
    run = f"<script>{script}</script>" if script else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main>{body}</main>{run}</html>"
    )


def _choices(methods: list[str]) -> str:
    options = "".join(f'<option value="{escape(one)}">{_METHODS[one]}</option>' for one in methods)
    return f'<label for="method">Payment method</label><select id="method" name="method">{options}</select>'


def _card() -> str:
    return (
        '<label for="number">Card number</label><input id="number" name="number" inputmode="numeric" '
        'autocomplete="cc-number"><div class="row"><div><label for="expiry">Expiration date</label>'
        '<input id="expiry" name="expiry"></div><div><label for="cvc">Security code</label>'
        '<input id="cvc" name="cvc"></div></div>'
    )


def fields(intent: Json) -> str:
    """The payment element's own frame."""
    return page("Payment", f"<form>{_choices(intent['payment_method_types'])}{_card()}</form>", script=FIELDS_SCRIPT)


def bank(intent: Json, *, method: str) -> str:
    """Where the payer agrees: his bank's 3-D Secure page, or his wallet."""
    who = {"card": "3D Secure"}.get(method, _METHODS[method])
    return page(
        f"{who} test page",
        f"<h1>{who} test page</h1><p>{intent['amount'] / 100:,.2f} {escape(intent['currency'].upper())}</p>"
        '<form method="post"><button name="answer" value="yes">Complete authentication</button>'
        '<button name="answer" value="no">Fail authentication</button></form>',
    )


def checkout(session: Json, *, error: str = "") -> str:
    """The hosted page of a Checkout session."""
    said = f'<p role="alert">{escape(error)}</p>' if error else ""
    return page(
        "Checkout",
        f"<h1>Pay {session['amount_total'] / 100:,.2f} {escape(session['currency'].upper())}</h1>{said}"
        f'<form method="post">{_choices(session["payment_method_types"])}{_card()}'
        f'<button>Pay</button></form><p><a href="{escape(session["cancel_url"])}">Back</a></p>',
    )
