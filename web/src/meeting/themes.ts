import type { HMSPrebuilt } from "@100mslive/roomkit-react";
import type { ComponentProps } from "react";

import type { ColorScheme } from "./colorScheme";

type Theme = NonNullable<ComponentProps<typeof HMSPrebuilt>["themes"]>[number];

// Every colour in both: Prebuilt lays a palette over the one before, so what one leaves out stays from the other.
const dark: Theme["palette"] = {
  primary_default: "#2572ED",
  primary_bright: "#538DFF",
  primary_dim: "#002D6D",
  primary_disabled: "#004299",
  on_primary_high: "#FFFFFF",
  on_primary_medium: "#CCDAFF",
  on_primary_low: "#84AAFF",
  secondary_default: "#444954",
  secondary_bright: "#70778B",
  secondary_dim: "#293042",
  secondary_disabled: "#404759",
  on_secondary_high: "#FFFFFF",
  on_secondary_medium: "#D3D9F0",
  on_secondary_low: "#A4ABC0",
  background_default: "#0B0E15",
  background_dim: "#000000",
  surface_default: "#191B23",
  surface_bright: "#272A31",
  surface_brighter: "#2E3038",
  surface_dim: "#11131A",
  on_surface_high: "#EFF0FA",
  on_surface_medium: "#C5C6D0",
  on_surface_low: "#8F9099",
  border_default: "#1D1F27",
  border_bright: "#272A31",
  alert_success: "#36B37E",
  alert_warning: "#FFAB00",
  alert_error_default: "#C74E5B",
  alert_error_bright: "#FFB2B6",
  alert_error_brighter: "#FFEDEC",
  alert_error_dim: "#270005",
};

const light: Theme["palette"] = {
  primary_default: "#1F5FD6",
  primary_bright: "#3B7BEF",
  primary_dim: "#CFE0FF",
  primary_disabled: "#9DBDF5",
  on_primary_high: "#FFFFFF",
  on_primary_medium: "#E3EDFF",
  on_primary_low: "#F2F6FF",
  secondary_default: "#6B7488",
  secondary_bright: "#7F889C",
  secondary_dim: "#8791A5",
  secondary_disabled: "#B5BBC8",
  on_secondary_high: "#FFFFFF",
  on_secondary_medium: "#F0F2F7",
  on_secondary_low: "#E2E5EC",
  background_default: "#F5F6F8",
  background_dim: "#E9ECF1",
  surface_default: "#FFFFFF",
  surface_bright: "#E7EAF0",
  surface_brighter: "#D9DDE5",
  surface_dim: "#F1F3F7",
  on_surface_high: "#14171C",
  on_surface_medium: "#3E4652",
  on_surface_low: "#5F6875",
  border_default: "#D9DDE3",
  border_bright: "#C3C9D3",
  alert_success: "#14804A",
  alert_warning: "#B87400",
  alert_error_default: "#C9252B",
  alert_error_bright: "#A61C22",
  alert_error_brighter: "#FFF2F1",
  alert_error_dim: "#FFE1E0",
};

/** Prebuilt's themes by the system's colour scheme. */
export const themes: Record<ColorScheme, Theme[]> = {
  dark: [{ name: "dark", default: true, palette: dark }],
  light: [{ name: "light", default: true, palette: light }],
};
