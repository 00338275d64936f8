// Lets a test tell the page that its newest connection failed, as a browser tells it after half a minute without an answer.
(() => {
  const Native = RTCPeerConnection;
  let newest = null;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      newest = this;
    }
  };
  window.failConnection = () => {
    Object.defineProperty(newest, "connectionState", { value: "failed", configurable: true });
    newest.dispatchEvent(new Event("connectionstatechange"));
    delete newest.connectionState;
  };
})();
