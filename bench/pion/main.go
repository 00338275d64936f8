// Command pion is a plain selective forwarder on Pion WebRTC (github.com/pion/webrtc), made for comparison with the SFU
// of this repository: one publisher by POST /whip, any number of viewers by POST /whep, on one UDP port of loopback.
//
// It does what Pion's own examples do: a TrackLocalStaticRTP for each track, the default interceptors (NACK both ways,
// reports, transport-wide feedback), PLI from viewers handed to the publisher. No tokens, no rooms, no simulcast.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc"
)

// A browser's offer has a few KiB.
const maximumOffer = 64 << 10

type room struct {
	api *webrtc.API
	// Closed when sound and picture have come: a viewer that comes sooner waits.
	live chan struct{}

	mutex     sync.Mutex
	publisher *webrtc.PeerConnection
	video     webrtc.SSRC
	tracks    []*webrtc.TrackLocalStaticRTP
}

func main() {
	httpPort := flag.Int("port", 0, "port of WHIP and WHEP")
	mediaPort := flag.Int("media-port", 0, "UDP port of all media")
	flag.Parse()
	api, err := newAPI(*mediaPort)
	if err != nil {
		log.Fatal(err)
	}
	room := &room{api: api, live: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/whip", room.answer(room.publish))
	mux.HandleFunc("/whep", room.answer(room.watch))
	go func() { log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *httpPort), mux)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, os.Interrupt)
	<-end
}

func newAPI(mediaPort int) (*webrtc.API, error) {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: mediaPort})
	if err != nil {
		return nil, err
	}
	// As large as the other server's, so that a burst of reports is not what is compared.
	_ = socket.SetReadBuffer(4 << 20)
	_ = socket.SetWriteBuffer(4 << 20)
	settings := webrtc.SettingEngine{}
	settings.SetLite(true)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetICEUDPMux(webrtc.NewICEUDPMux(nil, socket))
	if err := settings.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return nil, err
	}
	media, interceptors := &webrtc.MediaEngine{}, &interceptor.Registry{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	if err := webrtc.RegisterDefaultInterceptors(media, interceptors); err != nil {
		return nil, err
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(interceptors)), nil
}

func (r *room) answer(prepare func(*webrtc.PeerConnection) error) http.HandlerFunc {
	return func(reply http.ResponseWriter, request *http.Request) {
		offer, err := io.ReadAll(http.MaxBytesReader(reply, request.Body, maximumOffer))
		if err != nil {
			http.Error(reply, err.Error(), http.StatusBadRequest)
			return
		}
		answer, err := r.connect(string(offer), prepare)
		if err != nil {
			http.Error(reply, err.Error(), http.StatusBadRequest)
			return
		}
		reply.Header().Set("Content-Type", "application/sdp")
		reply.Header().Set("Location", request.URL.Path)
		reply.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(reply, answer)
	}
}

// Answers an offer, with all candidates.
func (r *room) connect(offer string, prepare func(*webrtc.PeerConnection) error) (answer string, err error) {
	peer, err := r.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = peer.Close()
		}
	}()
	peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateFailed {
			_ = peer.Close()
		}
	})
	if err = prepare(peer); err != nil {
		return "", err
	}
	if err = peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", err
	}
	description, err := peer.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(peer)
	if err = peer.SetLocalDescription(description); err != nil {
		return "", err
	}
	<-gathered
	return peer.LocalDescription().SDP, nil
}

func (r *room) publish(peer *webrtc.PeerConnection) error {
	r.mutex.Lock()
	r.publisher = peer
	r.mutex.Unlock()
	peer.OnTrack(func(remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		local, err := webrtc.NewTrackLocalStaticRTP(remote.Codec().RTPCodecCapability, remote.Kind().String(), "stage")
		if err != nil {
			log.Print(err)
			return
		}
		r.mutex.Lock()
		r.tracks = append(r.tracks, local)
		if remote.Kind() == webrtc.RTPCodecTypeVideo {
			r.video = remote.SSRC()
		}
		if len(r.tracks) == 2 {
			close(r.live)
		}
		r.mutex.Unlock()
		go drain(receiver.Read)
		forward(remote, local)
	})
	return nil
}

func forward(remote *webrtc.TrackRemote, local *webrtc.TrackLocalStaticRTP) {
	buffer, packet := make([]byte, 1500), &rtp.Packet{}
	for {
		length, _, err := remote.Read(buffer)
		if err != nil {
			return
		}
		if err := packet.Unmarshal(buffer[:length]); err != nil {
			continue
		}
		// The publisher's extensions have other numbers at the viewers.
		packet.Extension, packet.Extensions = false, nil
		if err := local.WriteRTP(packet); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			log.Print(err)
		}
	}
}

func (r *room) watch(peer *webrtc.PeerConnection) error {
	select {
	case <-r.live:
	case <-time.After(10 * time.Second):
		return errors.New("nobody publishes sound and picture")
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, track := range r.tracks {
		sender, err := peer.AddTrack(track)
		if err != nil {
			return err
		}
		go r.listen(sender)
	}
	return nil
}

func (r *room) listen(sender *webrtc.RTPSender) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			if _, ok := packet.(*rtcp.PictureLossIndication); ok {
				r.requestKeyFrame()
			}
		}
	}
}

func (r *room) requestKeyFrame() {
	r.mutex.Lock()
	publisher, video := r.publisher, r.video
	r.mutex.Unlock()
	if publisher != nil && video != 0 {
		_ = publisher.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(video)}})
	}
}

// Interceptors see RTCP only while somebody reads it.
func drain(read func([]byte) (int, interceptor.Attributes, error)) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := read(buffer); err != nil {
			return
		}
	}
}
