"""WHIP and WHEP by HTTP (RFC 9725, draft-ietf-wish-whep) for the aiortc peers of this folder."""

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request

from aiortc.codecs import HEADER_EXTENSIONS

# aiortc 1.4 uses id 2 for audio level and for abs-send-time in one BUNDLE group, against RFC 8843 §15, and loses its
# transport when a packet carries the one where it expects the other.
for identifier, extension in enumerate((e for e in HEADER_EXTENSIONS["video"] if "mid" not in e.uri), start=3):
    extension.id = identifier


def report(event, **fields):
    """Writes one JSON line, the only thing these scripts put on standard output."""
    print(json.dumps({"event": event, **fields}), flush=True)


class WishSession:
    """One offer/answer exchange: POST creates the session, DELETE on its Location ends it."""

    def __init__(self, url, token):
        self.url, self.token, self.location = url, token, None

    def _request(self, method, url, body=None):
        request = urllib.request.Request(url, data=body, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/sdp")
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.headers, reply.read().decode()

    async def open(self, offer_sdp):
        """Posts the offer and returns the answer; a refusal is raised with its body."""
        try:
            status, headers, answer = await asyncio.to_thread(self._request, "POST", self.url, offer_sdp.encode())
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{self.url} answered {error.code}: {error.read().decode()}") from error
        if status != 201:
            raise RuntimeError(f"expected 201 Created, got {status}")
        self.location = urllib.parse.urljoin(self.url, headers["Location"])
        return answer

    async def close(self):
        if self.location is not None:
            status, _, _ = await asyncio.to_thread(self._request, "DELETE", self.location)
            report("deleted", status=status)


def prefer_codec(transceiver, sender_or_receiver_type, mime_type):
    """Puts one codec (and its retransmission format) alone into the offer."""
    codecs = sender_or_receiver_type.getCapabilities(mime_type.split("/")[0]).codecs
    chosen = [c for c in codecs if c.mimeType.lower() in (mime_type.lower(), "video/rtx")]
    transceiver.setCodecPreferences(chosen)
