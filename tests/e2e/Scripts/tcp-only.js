// Hides the server's UDP candidates from the page, as a firewall without UDP would.
(() => {
  const native = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description, ...rest) {
    const sdp = description.sdp.replace(/^a=candidate:\S+ \d+ udp .*\r?\n/gim, '');
    return native.call(this, { type: description.type, sdp }, ...rest);
  };
})();
