#!/usr/bin/python3
"""Publishes a synthetic picture (moving bars) and a tone by WHIP until standard input ends or --seconds have passed."""

import argparse
import asyncio
import fractions
import sys
import time

import numpy
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, VideoFrame

from wish import WishSession, prefer_codec, report


class Paced(MediaStreamTrack):
    """Hands out one frame per interval, on a schedule that does not drift."""

    def __init__(self, interval):
        super().__init__()
        self.interval, self.start, self.index = interval, None, -1

    async def tick(self):
        self.index += 1
        if self.start is None:
            self.start = time.monotonic()
        wait = self.start + self.index * self.interval - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        return self.index


class Bars(Paced):
    kind = "video"

    def __init__(self, width, height, rate):
        super().__init__(1 / rate)
        self.rate = rate
        ramp = numpy.tile((numpy.arange(width) * 2 % 220 + 16).astype(numpy.uint8), (height, 1))
        chroma = numpy.full((height // 2, width), 128, dtype=numpy.uint8)
        self.planes = ramp, chroma

    async def recv(self):
        index = await self.tick()
        luma, chroma = self.planes
        picture = numpy.vstack((numpy.roll(luma, index * 4, axis=1), chroma))
        frame = VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = index * (90000 // self.rate), fractions.Fraction(1, 90000)
        return frame


class Tone(Paced):
    kind = "audio"
    RATE, SAMPLES = 48000, 960

    def __init__(self):
        super().__init__(self.SAMPLES / self.RATE)

    async def recv(self):
        index = await self.tick()
        instants = numpy.arange(index * self.SAMPLES, (index + 1) * self.SAMPLES) / self.RATE
        samples = (numpy.sin(2 * numpy.pi * 440 * instants) * 8000).astype(numpy.int16)
        frame = AudioFrame.from_ndarray(numpy.repeat(samples, 2).reshape(1, -1), format="s16", layout="stereo")
        frame.pts, frame.sample_rate = index * self.SAMPLES, self.RATE
        frame.time_base = fractions.Fraction(1, self.RATE)
        return frame


async def end_of_input(seconds):
    """Returns when whoever started this closes our standard input, or after the given time."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        await asyncio.wait_for(reader.read(), seconds)
    except asyncio.TimeoutError:
        pass


async def main(options):
    connection, session = RTCPeerConnection(), WishSession(options.url, options.token)
    lost = asyncio.Event()

    @connection.on("connectionstatechange")
    def state_changed():
        report(connection.connectionState)
        if connection.connectionState in ("failed", "closed"):
            lost.set()

    connection.addTrack(Tone())
    connection.addTrack(Bars(options.width, options.height, options.rate))
    for transceiver in connection.getTransceivers():
        transceiver.direction = "sendonly"
        if transceiver.kind == "video":
            prefer_codec(transceiver, RTCRtpSender, f"video/{options.codec}")
    try:
        await connection.setLocalDescription(await connection.createOffer())
        answer = await session.open(connection.localDescription.sdp)
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        waits = [asyncio.ensure_future(end_of_input(options.seconds)), asyncio.ensure_future(lost.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        ended_early = lost.is_set()
        for wait in waits:
            wait.cancel()
        await session.close()
        return 1 if ended_early else 0
    finally:
        await connection.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="WHIP endpoint")
    parser.add_argument("--token", required=True)
    parser.add_argument("--codec", choices=["H264", "VP8"], default="H264")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--rate", type=int, default=30)
    sys.exit(asyncio.run(main(parser.parse_args())))
