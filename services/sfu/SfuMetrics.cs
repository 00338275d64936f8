using System.Diagnostics.Metrics;
using LiveStream.Sfu.Control;

namespace LiveStream.Sfu;

/// <summary>Meters of the SFU, read from the workers' counters when asked.</summary>
internal sealed class SfuMetrics : IDisposable
{
    private readonly Meter _meter = new("LiveStream.Sfu");

    public SfuMetrics(SfuNode node)
    {
        _meter.CreateObservableCounter("sfu_packets_received", () => node.Workers.Sum(worker => worker.Counters.Received), "packets", "Datagrams that arrived.");
        _meter.CreateObservableCounter("sfu_packets_sent", () => node.Workers.Sum(worker => worker.DatagramsSent), "packets", "Datagrams handed to the kernel.");
        _meter.CreateObservableCounter("sfu_messages_sent", () => node.Workers.Sum(worker => worker.MessagesSent), "messages", "Messages that carried the datagrams (UDP_SEGMENT runs).");
        _meter.CreateObservableCounter("sfu_send_calls", () => node.Workers.Sum(worker => worker.SendCalls), "calls", "sendmmsg calls.");
        _meter.CreateObservableCounter("sfu_packets_unsent", () => node.Workers.Sum(worker => worker.DatagramsDropped), "packets", "Datagrams that the kernel refused.");
        _meter.CreateObservableCounter("sfu_packets_dropped", Dropped, "packets", "Datagrams that were not used, by reason.");
        _meter.CreateObservableCounter("sfu_nacks_sent", () => node.Workers.Sum(worker => worker.Counters.NacksSent), "packets", "Packets asked for again.");
        _meter.CreateObservableCounter("sfu_key_frame_requests_sent", () => node.Workers.Sum(worker => worker.Counters.KeyFrameRequestsSent), "requests", "PLI and FIR sent to publishers.");
        _meter.CreateObservableCounter("sfu_worker_allocated_bytes", () => node.Workers.Sum(worker => worker.Counters.AllocatedBytes), "By", "Managed memory that the threads of the packet path have allocated.");
        _meter.CreateObservableGauge("sfu_transports", () => node.Workers.Sum(worker => worker.Transports.Count), "transports", "Open transports.");
        _meter.CreateObservableGauge("sfu_rooms", () => node.Workers.Sum(worker => worker.Rooms.Count), "rooms", "Rooms with media.");

        IEnumerable<Measurement<long>> Dropped()
        {
            Measurement<long> Of(string reason, Func<Transports.PacketCounters, long> read) =>
                new(node.Workers.Sum(worker => read(worker.Counters)), new KeyValuePair<string, object?>("reason", reason));
            yield return Of("unknown_address", counters => counters.FromUnknownAddress);
            yield return Of("stun", counters => counters.StunIgnored);
            yield return Of("malformed", counters => counters.Malformed + counters.RtcpMalformed);
            yield return Of("authentication", counters => counters.AuthenticationFailed);
            yield return Of("replay", counters => counters.Replayed);
            yield return Of("duplicate", counters => counters.Duplicates);
            yield return Of("unplaced", counters => counters.Unplaced);
        }
    }

    public void Dispose() => _meter.Dispose();
}
