import { Component, type ReactNode } from "react";

import { Notice } from "./Notice";

/**
 * Shows a notice where the room cannot be shown: its script did not arrive, or failed. React leaves an empty page otherwise. Browsers
 * may keep the failure of a module for as long as the page is there, so the page is to be loaded anew.
 */
export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError = () => ({ failed: true });

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice
        title="The room cannot be shown"
        text="A part of this page did not arrive, or has failed. Check your connection, then load the page again."
        button="Load again"
        onButton={() => location.reload()}
      />
    );
  }
}
