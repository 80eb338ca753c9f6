// The digest of bytes as everybody writes it down: SHA-256 in hexadecimal, computed in the browser.

const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");

/** Return the SHA-256 of bytes. */
export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));
