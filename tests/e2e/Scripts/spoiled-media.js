// Lets a test end a player's media the way a picture that cannot be decoded ends it.
(() => {
  const sources = new Set();
  const native = MediaSource.prototype.addSourceBuffer;
  MediaSource.prototype.addSourceBuffer = function (...args) {
    sources.add(this);
    return native.apply(this, args);
  };
  // True once it is done: not while something is being appended.
  window.spoilMedia = () => {
    const source = [...sources].find(it => it.readyState === 'open');
    if (!source || [...source.sourceBuffers].some(buffer => buffer.updating)) return false;
    source.endOfStream('decode');
    return true;
  };
})();
