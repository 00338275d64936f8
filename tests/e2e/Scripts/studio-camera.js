// A drawn person in a studio in place of the camera, for pictures in documents. The room code in the address chooses the colours.
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const open = devices.getUserMedia.bind(devices);
  const scenes = [["#1d3557", "#457b9d", "#f1c27d", "#e76f51"], ["#2d3142", "#4f5d75", "#c68642", "#2a9d8f"]];

  devices.getUserMedia = async constraints => {
    const stream = await open(constraints);
    const [camera] = stream.getVideoTracks();
    if (!camera) return stream;
    const { width = 1280, height = 720 } = camera.getSettings();
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const scene = scenes[code(location.pathname) % scenes.length];
    const studio = background(width, height, scene);
    const timer = setInterval(() => draw(context, studio, width, height, scene, performance.now() / 1000), 100);
    draw(context, studio, width, height, scene, 0);
    const [drawn] = canvas.captureStream(10).getVideoTracks();
    // Who asks for the settings hears those of the camera.
    drawn.getSettings = () => camera.getSettings();
    const stop = drawn.stop.bind(drawn);
    drawn.stop = () => {
      clearInterval(timer);
      camera.stop();
      stop();
    };
    return new MediaStream([...stream.getAudioTracks(), drawn]);
  };

  const code = text => [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);

  // Drawn once: a gradient of this size for each frame would keep a core busy.
  function background(width, height, [wall, light]) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const glow = context.createRadialGradient(width * 0.7, height * 0.3, 0, width * 0.7, height * 0.3, width * 0.7);
    glow.addColorStop(0, light);
    glow.addColorStop(1, wall);
    context.fillStyle = glow;
    context.fillRect(0, 0, width, height);
    context.fillStyle = "rgb(255 255 255 / 12%)";
    for (let i = 0; i < 3; i++) context.fillRect(width * (0.08 + i * 0.1), height * 0.18, width * 0.06, height * 0.3);
    return canvas;
  }

  function draw(context, studio, width, height, [, , skin, shirt], seconds) {
    const sway = Math.sin(seconds) * width * 0.006;
    context.drawImage(studio, 0, 0);
    ellipse(context, shirt, width / 2 + sway, height * 1.02, height * 0.42, height * 0.38);
    ellipse(context, skin, width / 2 + sway, height * 0.62, height * 0.07, height * 0.12);
    ellipse(context, skin, width / 2 + sway, height * 0.42, height * 0.155, height * 0.19);
    context.fillStyle = "#2b1d14";
    context.beginPath();
    context.ellipse(width / 2 + sway, height * 0.36, height * 0.165, height * 0.16, 0, Math.PI, 0);
    context.fill();
    ellipse(context, "#2b1d14", width / 2 + sway - height * 0.055, height * 0.43, height * 0.014, height * 0.014);
    ellipse(context, "#2b1d14", width / 2 + sway + height * 0.055, height * 0.43, height * 0.014, height * 0.014);
    context.strokeStyle = "#7a3b2e";
    context.lineWidth = height * 0.01;
    context.beginPath();
    context.arc(width / 2 + sway, height * 0.49, height * (0.045 + 0.008 * Math.abs(Math.sin(seconds * 5))), 0.25 * Math.PI, 0.75 * Math.PI);
    context.stroke();
  }

  function ellipse(context, fill, x, y, rx, ry) {
    context.fillStyle = fill;
    context.beginPath();
    context.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
    context.fill();
  }
})();
