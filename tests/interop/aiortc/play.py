#!/usr/bin/python3
"""Plays by WHEP until so many frames are decoded; ends with one JSON line that tells what was seen and heard."""

import argparse
import asyncio
import sys
import time

import numpy
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from wish import WishSession, prefer_codec, report


class Tally:
    """What was decoded so far; set once the wanted numbers of both kinds are reached."""

    def __init__(self, video_wanted, audio_wanted):
        self.wanted = {"video": video_wanted, "audio": audio_wanted}
        self.frames = {"video": 0, "audio": 0}
        self.size, self.contrast, self.loudness, self.first_frame = None, 0, 0, None
        self.enough = asyncio.Event()

    def add(self, kind, frame):
        self.frames[kind] += 1
        if kind == "video":
            self.first_frame = self.first_frame or time.monotonic()
            self.size = frame.width, frame.height
            if self.frames[kind] % 10 == 1:
                luma = frame.to_ndarray(format="gray")
                self.contrast = max(self.contrast, int(luma.max()) - int(luma.min()))
        else:
            self.loudness = max(self.loudness, int(numpy.abs(frame.to_ndarray().astype(int)).max()))
        if all(self.frames[k] >= self.wanted[k] for k in self.wanted):
            self.enough.set()


async def count(track, tally):
    try:
        while True:
            tally.add(track.kind, await track.recv())
    except MediaStreamError:
        report("ended", kind=track.kind)


async def main(options):
    connection, session = RTCPeerConnection(), WishSession(options.url, options.token)
    tally, tasks, started = Tally(options.frames, options.audio_frames), [], time.monotonic()

    @connection.on("connectionstatechange")
    def state_changed():
        report(connection.connectionState)

    @connection.on("track")
    def track_added(track):
        tasks.append(asyncio.ensure_future(count(track, tally)))

    connection.addTransceiver("audio", direction="recvonly")
    video = connection.addTransceiver("video", direction="recvonly")
    if options.codec:
        prefer_codec(video, RTCRtpReceiver, f"video/{options.codec}")
    try:
        await connection.setLocalDescription(await connection.createOffer())
        answer = await session.open(connection.localDescription.sdp)
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        try:
            await asyncio.wait_for(tally.enough.wait(), options.timeout)
        except asyncio.TimeoutError:
            pass
        await session.close()
    finally:
        await connection.close()
        for task in tasks:
            task.cancel()
    first = None if tally.first_frame is None else round((tally.first_frame - started) * 1000)
    report("result", enough=tally.enough.is_set(), video_frames=tally.frames["video"], audio_frames=tally.frames["audio"],
           size=tally.size, contrast=tally.contrast, loudness=tally.loudness, first_frame_ms=first)
    return 0 if tally.enough.is_set() else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="WHEP endpoint")
    parser.add_argument("--token", required=True)
    parser.add_argument("--codec", choices=["H264", "VP8"], help="alone in the offer; otherwise all")
    parser.add_argument("--frames", type=int, default=60, help="video frames to decode")
    parser.add_argument("--audio-frames", type=int, default=100, help="20 ms audio frames to decode")
    parser.add_argument("--timeout", type=float, default=30, help="seconds")
    sys.exit(asyncio.run(main(parser.parse_args())))
