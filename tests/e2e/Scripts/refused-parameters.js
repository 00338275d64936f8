// Refuses the first parameters of a camera, as Chromium does now and then.
(() => {
  const native = RTCRtpSender.prototype.setParameters;
  window.parametersRefused = 0;
  RTCRtpSender.prototype.setParameters = function (...args) {
    if (this.track?.kind === 'video' && window.parametersRefused === 0) {
      window.parametersRefused++;
      return Promise.reject(new DOMException('refused by the test', 'InvalidStateError'));
    }
    return native.apply(this, args);
  };
})();
