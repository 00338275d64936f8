#!/usr/bin/python3
"""Publishes a test picture (H.264) and a tone (Opus) by WHIP through GStreamer's webrtcbin until standard input ends."""

import argparse
import json
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = """
webrtcbin name=rtc bundle-policy=max-bundle
videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1 ! videoconvert
  ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=800 key-int-max=120 bframes=0 threads=1
  ! video/x-h264,profile=constrained-baseline ! h264parse ! rtph264pay config-interval=-1 aggregate-mode=zero-latency
  ! application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000 ! rtc.
audiotestsrc is-live=true wave=sine freq=440 ! audio/x-raw,rate=48000,channels=2 ! audioconvert ! opusenc
  ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000 ! rtc.
"""


def report(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


class Publisher:
    def __init__(self, options):
        self.options, self.location, self.exit_code, self.ending = options, None, 0, False
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.rtc = self.pipeline.get_by_name("rtc")
        for transceiver in range(2):
            self.rtc.emit("get-transceiver", transceiver).set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.rtc.connect("on-negotiation-needed", self.on_negotiation_needed)
        self.rtc.connect("notify::ice-gathering-state", self.on_gathering)
        self.rtc.connect("notify::connection-state", self.on_connection)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", self.on_error)

    def run(self):
        threading.Thread(target=self.wait_for_end_of_input, daemon=True).start()
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        if self.location is not None:
            status, _, _ = self.request("DELETE", self.location)
            report("deleted", status=status)
        self.pipeline.set_state(Gst.State.NULL)
        return self.exit_code

    def wait_for_end_of_input(self):
        sys.stdin.read()
        GLib.idle_add(self.end)

    def end(self):
        self.ending = True
        self.loop.quit()
        return False

    def on_negotiation_needed(self, rtc):
        rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.on_offer, None))

    def on_offer(self, promise, _):
        reply = promise.get_reply()  # owns the offer
        self.rtc.emit("set-local-description", reply.get_value("offer"), None)

    def on_gathering(self, rtc, _):
        if rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            GLib.idle_add(self.exchange)

    def exchange(self):
        offer = self.rtc.get_property("local-description").sdp.as_text()
        try:
            status, headers, text = self.request("POST", self.options.url, offer.encode())
        except urllib.error.HTTPError as error:
            return self.fail(f"{error.code}: {error.read().decode()}")
        if status != 201:
            return self.fail(f"expected 201 Created, got {status}")
        self.location = urllib.parse.urljoin(self.options.url, headers["Location"])
        _, message = GstSdp.SDPMessage.new_from_text(text)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.rtc.emit("set-remote-description", answer, None)
        return False

    def on_connection(self, rtc, _):
        # libnice pins its UDP sockets to their interface, so that a server on loopback is reached over TCP; when the
        # server closes that connection after the DELETE, the state is "failed" and means no failure.
        if self.ending:
            return
        state = rtc.get_property("connection-state").value_nick
        report(state)
        if state == "failed":
            self.fail("the connection failed")

    def on_error(self, _, message):
        error, detail = message.parse_error()
        self.fail(f"{error.message}: {detail}")

    def fail(self, reason):
        print(reason, file=sys.stderr)
        self.exit_code = 1
        self.loop.quit()
        return False

    def request(self, method, url, body=None):
        request = urllib.request.Request(url, data=body, method=method)
        request.add_header("Authorization", f"Bearer {self.options.token}")
        if body is not None:
            request.add_header("Content-Type", "application/sdp")
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.headers, reply.read().decode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="WHIP endpoint")
    parser.add_argument("--token", required=True)
    Gst.init(None)
    sys.exit(Publisher(parser.parse_args()).run())
