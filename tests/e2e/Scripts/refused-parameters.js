// Refuses parameters of a camera again and again, as Chromium does now and then.
(() => {
  const REFUSALS = 3;
  const native = RTCRtpSender.prototype.setParameters;
  window.parametersRefused = 0;
  RTCRtpSender.prototype.setParameters = function (...args) {
    if (this.track?.kind === 'video' && window.parametersRefused < REFUSALS) {
      window.parametersRefused++;
      return Promise.reject(new DOMException('refused by the test', 'InvalidStateError'));
    }
    return native.apply(this, args);
  };
})();
