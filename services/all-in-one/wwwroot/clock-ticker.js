// Worker: ticks at the period that it is told, in milliseconds, without drifting.
onmessage = ({ data: period }) => {
  let next = performance.now();
  const tick = () => {
    postMessage(null);
    next = Math.max(next + period, performance.now());
    setTimeout(tick, next - performance.now());
  };
  tick();
};
