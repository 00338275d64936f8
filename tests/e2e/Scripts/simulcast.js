// Makes the page publish its video in three layers (RFC 8853), lowest first.
(() => {
  const sendEncodings = () => [
    { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
    { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
    { rid: 'f', maxBitrate: 1_500_000 },
  ];
  const isVideo = (trackOrKind) => trackOrKind === 'video' || trackOrKind?.kind === 'video';
  const native = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (trackOrKind, init = {}) {
    return native.call(this, trackOrKind, isVideo(trackOrKind) ? { ...init, sendEncodings: sendEncodings() } : init);
  };
  const addTrack = RTCPeerConnection.prototype.addTrack;
  RTCPeerConnection.prototype.addTrack = function (track, ...streams) {
    if (!isVideo(track)) return addTrack.call(this, track, ...streams);
    return native.call(this, track, { direction: 'sendonly', streams, sendEncodings: sendEncodings() }).sender;
  };
})();
