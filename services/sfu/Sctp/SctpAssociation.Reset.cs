using System.Buffers.Binary;

namespace LiveStream.Sfu.Sctp;

// Stream reset (RFC 6525), by which a data channel is closed (RFC 8831 §6.7).
internal sealed partial class SctpAssociation
{
    // Streams that one request names at most: it has to fit into a packet.
    private const int MaximumResets = 256, ResetFields = 12, WordSize = 4;

    private readonly List<ushort> _resets = [];
    private uint _nextRequest;
    private uint _expectedRequest;
    private uint _lastResult;
    private TimeSpan? _resetDue;
    private int _resetTries;
    private int _resetsAsked;

    /// <summary>Ends the outgoing half of a stream: what waits for it is forgotten, and the peer is told.</summary>
    public void ResetStream(ushort stream, TimeSpan now)
    {
        if (State != SctpState.Established || _resets.Contains(stream) || _resets.Count >= MaximumResets) return;
        _sender!.Discard(stream);
        _resets.Add(stream);
        if (_resetsAsked == 0) AskReset(now);
    }

    private void BeginResets(uint localTsn, uint peerTsn)
    {
        ForgetResets();
        // The numbers of requests begin where the TSNs do (§4.1).
        (_nextRequest, _expectedRequest, _lastResult) = (localTsn, peerTsn, ReConfigResult.BadSequenceNumber);
    }

    private void ForgetResets()
    {
        _resets.Clear();
        (_resetDue, _resetsAsked) = (null, 0);
    }

    private void OnReConfig(ReadOnlySpan<byte> value, TimeSpan now)
    {
        var parameters = new SctpElements(value);
        // Two at most in a chunk (§3.1).
        for (var count = 0; count < 2 && parameters.TryRead(out var parameter); count++)
        {
            if (parameter.Value.Length < WordSize) return;
            var number = BinaryPrimitives.ReadUInt32BigEndian(parameter.Value);
            if (parameter.ParameterType == SctpParameter.ReConfigResponse) OnResponse(number, parameter.Value[WordSize..], now);
            else Respond(number, parameter);
        }
    }

    private void Respond(uint number, SctpElement request)
    {
        var result = ReConfigResult.BadSequenceNumber;
        if (number == _expectedRequest)
        {
            result = request.ParameterType == SctpParameter.OutgoingReset ? TakeReset(request.Value) : ReConfigResult.Denied;
            if (result != ReConfigResult.InProgress)
            {
                _lastResult = result;
                _expectedRequest++;
            }
        }
        else if (number == _expectedRequest - 1)
        {
            result = _lastResult;
        }

        Span<byte> fields = stackalloc byte[2 * WordSize], chunk = stackalloc byte[3 * WordSize];
        BinaryPrimitives.WriteUInt32BigEndian(fields, number);
        BinaryPrimitives.WriteUInt32BigEndian(fields[WordSize..], result);
        Send(_peerTag, SctpChunkType.ReConfig, 0, chunk[..SctpPacketWriter.Parameter(chunk, SctpParameter.ReConfigResponse, fields)]);
    }

    // | Request Sequence Number | Response Sequence Number | Sender's Last Assigned TSN | streams of 16 bits ... |
    private uint TakeReset(ReadOnlySpan<byte> request)
    {
        if (request.Length < ResetFields) return ReConfigResult.Denied;
        if (Tsn.IsAfter(BinaryPrimitives.ReadUInt32BigEndian(request[(2 * WordSize)..]), _receiver!.Cumulative)) return ReConfigResult.InProgress;
        for (var streams = request[ResetFields..]; streams.Length >= sizeof(ushort); streams = streams[sizeof(ushort)..])
            user.OnStreamReset(BinaryPrimitives.ReadUInt16BigEndian(streams));
        return ReConfigResult.Performed;
    }

    private void OnResponse(uint number, ReadOnlySpan<byte> value, TimeSpan now)
    {
        if (_resetsAsked == 0 || number != _nextRequest || value.Length < WordSize) return;
        var result = BinaryPrimitives.ReadUInt32BigEndian(value);
        // The peer waits for data that is still on its way; the timer asks again.
        if (result == ReConfigResult.InProgress) return;
        for (var i = 0; i < _resetsAsked; i++) _sender!.Restart(_resets[i]);
        _resets.RemoveRange(0, _resetsAsked);
        _nextRequest++;
        (_resetDue, _resetsAsked) = (null, 0);
        if (_resets.Count > 0) AskReset(now);
    }

    private void AskReset(TimeSpan now)
    {
        _resetsAsked = _resets.Count;
        _resetTries = 0;
        SendReset(now);
    }

    private void RepeatReset(TimeSpan now)
    {
        if (++_resetTries > settings.MaximumRetransmissions) Abort("The peer does not answer.");
        else SendReset(now);
    }

    private void SendReset(TimeSpan now)
    {
        Span<byte> fields = stackalloc byte[ResetFields + sizeof(ushort) * MaximumResets];
        BinaryPrimitives.WriteUInt32BigEndian(fields, _nextRequest);
        BinaryPrimitives.WriteUInt32BigEndian(fields[WordSize..], _expectedRequest - 1);
        BinaryPrimitives.WriteUInt32BigEndian(fields[(2 * WordSize)..], _sender!.NextTsn - 1);
        var length = ResetFields;
        for (var i = 0; i < _resetsAsked; i++, length += sizeof(ushort)) BinaryPrimitives.WriteUInt16BigEndian(fields[length..], _resets[i]);
        Span<byte> chunk = stackalloc byte[fields.Length + 2 * WordSize];
        _resetDue = now + _sender.Timeout;
        Send(_peerTag, SctpChunkType.ReConfig, 0, chunk[..SctpPacketWriter.Parameter(chunk, SctpParameter.OutgoingReset, fields[..length])]);
    }
}
