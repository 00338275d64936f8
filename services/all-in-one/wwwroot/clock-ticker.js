// Worker: ticks at the period that it is told, in milliseconds, without drifting, and with each whole second of the wall
// clock: the picture of a second's begin is then as old as its sound. A tick is left out while the picture of the one before
// is still being drawn, so that a page that is too slow for the pace has time for its user.
let drawing = false;
onmessage = ({ data }) => {
  if (data === "drawn") drawing = false;
  else start(data);
};

function start(period) {
  let count = 0;
  const wait = () => {
    count = Math.max(count + 1, Math.ceil(Date.now() / period));
    // Timers cut the fraction off: a tick just before its time would be taken for the one before.
    setTimeout(tick, Math.ceil(count * period - Date.now()) + 1);
  };
  const tick = () => {
    if (!drawing) postMessage(null);
    drawing = true;
    wait();
  };
  wait();
}
