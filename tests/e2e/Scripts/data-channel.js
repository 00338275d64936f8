// A client of the client protocol that has the browser's own data channels: joins, answers the server's offer, and asks on
// the channel that the server opens. Returns what the server answered, in order.
globalThis.askOnDataChannel = async (url, texts, replies) => {
  const [publish, subscribe] = [new RTCPeerConnection(), new RTCPeerConnection()];
  publish.createDataChannel('ion-sfu', { protocol: 'SCTP' });
  await publish.setLocalDescription();
  const socket = new WebSocket(url);
  const send = message => socket.send(JSON.stringify(message));
  return await new Promise((resolve, reject) => {
    const answers = [];
    subscribe.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => {
        answers.push(typeof data === 'string' ? data : 'binary');
        if (answers.length === replies) resolve({ label: channel.label, ordered: channel.ordered, limit: subscribe.sctp.maxMessageSize, answers });
      };
      // A channel that is open already when it is told of may tell of its opening as well.
      let asked = false;
      channel.onopen = () => {
        if (!asked) texts.forEach(text => channel.send(text));
        asked = true;
      };
      if (channel.readyState === 'open') channel.onopen();
    };
    socket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`));
    socket.onmessage = async ({ data }) => {
      const message = JSON.parse(data);
      if (message.method === 'on-policy-change')
        send({ method: 'join', id: 'j', jsonrpc: '2.0', params: { name: 'chromium', data: '', disableVidAutoSub: true, offer: { type: 'offer', sdp: publish.localDescription.sdp } } });
      if (message.id === 'j') {
        if (message.error) reject(new Error(message.error.message));
        else await publish.setRemoteDescription(message.result);
      }
      if (message.method === 'offer') {
        await subscribe.setRemoteDescription({ type: 'offer', sdp: message.params.sdp });
        await subscribe.setLocalDescription();
        send({ method: 'answer', params: { desc: { type: 'answer', sdp: subscribe.localDescription.sdp } } });
      }
    };
  });
};
