// Chromium refuses setParameters now and then although the parameters were read just before. The client does not ask again,
// and a camera that was added with a limit of some hundred bit/s stays there: nobody sees it (docs/decisions/0025).
// So what was refused is read anew and tried again, as the next try may be refused as well. Imported before the client.

// Before each further try. Publishing waits meanwhile.
const pausesMs = [0, 20, 50, 100, 200, 400];

/** What the caller wants, on parameters that the sender accepts; null when they do not fit each other. */
function renew(sender: RTCRtpSender, wanted: RTCRtpSendParameters): RTCRtpSendParameters | null {
  const current = sender.getParameters();
  if (current.encodings.length !== wanted.encodings.length) return null;
  current.encodings.forEach((encoding, i) => Object.assign(encoding, wanted.encodings[i]));
  if (wanted.degradationPreference !== undefined) current.degradationPreference = wanted.degradationPreference;
  return current;
}

// A browser without WebRTC gets as far as the client's own word about it.
if ("RTCRtpSender" in window) {
  const setParameters = RTCRtpSender.prototype.setParameters;
  RTCRtpSender.prototype.setParameters = async function (this: RTCRtpSender, wanted, ...options) {
    let parameters = wanted;
    for (let refusals = 0; ; refusals++) {
      try {
        return await setParameters.call(this, parameters, ...options);
      } catch (error) {
        const isRefusal = error instanceof DOMException && error.name === "InvalidStateError";
        const pause = pausesMs[refusals];
        if (!isRefusal || pause === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
        const renewed = renew(this, wanted);
        if (!renewed) throw error;
        console.info("The browser refused a sender's parameters; trying again.", error.message);
        parameters = renewed;
      }
    }
  };
}
