// Prebuilt's libraries make style elements as they go (stitches, emoji-mart, radix). The page's policy lets in only those
// that carry its nonce, so each style element gets it when it is made. Imported before any of them.

const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;

if (nonce) {
  const createElement = Document.prototype.createElement;
  Document.prototype.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
    const element = createElement.call(this, name, options);
    if (element.localName === "style") element.nonce = nonce;
    return element;
  } as typeof createElement;
}
