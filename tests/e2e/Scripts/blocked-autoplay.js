// A browser that starts no media by itself, not even without sound, as phones do that save power: only while it handles a click. What it
// says of user activation is no measure here, as each call of a test counts as one.
(() => {
  const native = HTMLMediaElement.prototype.play;
  let clicked = false;
  addEventListener("click", event => {
    clicked = event.isTrusted;
    setTimeout(() => { clicked = false; });
  }, true);
  window.playsRefused = 0;
  HTMLMediaElement.prototype.play = function () {
    if (clicked) return native.call(this);
    window.playsRefused++;
    return Promise.reject(new DOMException("play() can only be initiated by a user gesture.", "NotAllowedError"));
  };
})();
