using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

using Google.Protobuf;

namespace LiveStream.Rpc.Wire;

/// <summary>
/// Messages in the body of a call, in both directions:
/// <code>
///  0        1                                   5
/// +--------+-----------------------------------+------------------+
/// | coded? | length, 32 bits, big endian       | message          |
/// +--------+-----------------------------------+------------------+
/// </code>
/// Coded (compressed) messages are refused: nobody was told that they are understood.
/// </summary>
internal static class MessageFrames
{
    private const int PrefixSize = 5;

    /// <summary>Writes a message without flushing. Fails with <see cref="RpcException"/> when it is too large.</summary>
    public static void Write(IBufferWriter<byte> body, IMessage message, int maxBytes)
    {
        var size = message.CalculateSize();
        if (size > maxBytes) throw TooLarge(size, maxBytes);
        var prefix = body.GetSpan(PrefixSize);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], size);
        body.Advance(PrefixSize);
        message.WriteTo(body);
    }

    /// <summary>
    /// The next message; null at the end of the body. Fails with <see cref="RpcException"/>: a length above the limit is refused
    /// before anything of the message is waited for.
    /// </summary>
    public static async ValueTask<IMessage?> ReadAsync(PipeReader body, MessageParser parser, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (TryReadLength(buffer, maxBytes, out var length) && buffer.Length >= PrefixSize + length)
            {
                var frame = buffer.Slice(PrefixSize, length);
                var message = Parse(parser, frame);
                body.AdvanceTo(frame.End);
                return message;
            }

            if (result.IsCompleted)
            {
                return buffer.IsEmpty ? null : throw new RpcException(RpcStatusCode.Internal, "the body ends within a message");
            }

            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool TryReadLength(in ReadOnlySequence<byte> buffer, int maxBytes, out int length)
    {
        length = 0;
        if (buffer.Length < PrefixSize) return false;
        Span<byte> prefix = stackalloc byte[PrefixSize];
        buffer.Slice(0, PrefixSize).CopyTo(prefix);
        if (prefix[0] != 0) throw new RpcException(RpcStatusCode.Unimplemented, "compressed messages are not understood");
        var claimed = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (claimed > (uint)maxBytes) throw TooLarge(claimed, maxBytes);
        length = (int)claimed;
        return true;
    }

    private static IMessage Parse(MessageParser parser, in ReadOnlySequence<byte> frame)
    {
        try
        {
            return parser.ParseFrom(frame);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new RpcException(RpcStatusCode.Internal, "the message cannot be read");
        }
    }

    private static RpcException TooLarge(long size, int maxBytes) =>
        new(RpcStatusCode.ResourceExhausted, $"a message of {size} bytes; at most {maxBytes} are allowed");
}
