// Worker: ticks at the period that it is told, in milliseconds, without drifting, and with each whole second of the wall
// clock: the picture of a second's begin is then as old as its sound. What comes late is not made up for.
onmessage = ({ data: period }) => {
  let count = 0;
  const wait = () => {
    count = Math.max(count + 1, Math.ceil(Date.now() / period));
    // Timers cut the fraction off: a tick just before its time would be taken for the one before.
    setTimeout(tick, Math.ceil(count * period - Date.now()) + 1);
  };
  const tick = () => {
    postMessage(null);
    wait();
  };
  wait();
};
