using System.Security.Cryptography;

namespace LiveStream.Objects.Tests;

public sealed class RangeStreamTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(10_000);
    private readonly List<long> _opened = [];

    [Theory]
    [InlineData(Ending.Breaks)]
    [InlineData(Ending.Stalls)]
    [InlineData(Ending.Ends)]
    public async Task Read_OfAConnectionThatIsLost_GoesOnAtItsPlace(Ending ending)
    {
        // Each connection brings a third; and one, with nothing, comes to an end at once.
        await using var stream = new RangeStream(_content.Length, Open(ending, number => number == 2 ? 0 : 3_400), s_patience);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        Assert.Equal(_content, copy.ToArray());
        Assert.Equal([0, 3_400, 3_400, 6_800], _opened);
    }

    [Theory]
    [InlineData(Ending.Breaks)]
    [InlineData(Ending.Stalls)]
    [InlineData(Ending.Ends)]
    public async Task Read_OfConnectionsThatBringNothing_IsAStoreException(Ending ending)
    {
        await using var stream = new RangeStream(_content.Length, Open(ending, _ => 0), s_patience);
        await Assert.ThrowsAsync<ObjectStoreException>(() => stream.ReadAsync(new byte[10]).AsTask());
        Assert.Equal([0, 0, 0, 0], _opened);
    }

    [Fact]
    public async Task Read_GivenUp_IsNoFailureOfTheStore()
    {
        await using var stream = new RangeStream(_content.Length, Open(Ending.Stalls, _ => 0), TimeSpan.FromMinutes(10));
        using var giveUp = new CancellationTokenSource(s_patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[10], giveUp.Token).AsTask());
        Assert.Single(_opened);
    }

    private Func<long, CancellationToken, Task<Stream>> Open(Ending ending, Func<int, int> bytes) => (from, _) =>
    {
        _opened.Add(from);
        return Task.FromResult<Stream>(new LostStream(_content.AsMemory((int)from, Math.Min(bytes(_opened.Count), _content.Length - (int)from)), ending));
    };

    /// <summary>What becomes of a connection.</summary>
    public enum Ending
    {
        /// <summary>An error.</summary>
        Breaks,
        /// <summary>Nothing more comes.</summary>
        Stalls,
        /// <summary>As if that were all.</summary>
        Ends,
    }

    private sealed class LostStream(ReadOnlyMemory<byte> content, Ending ending) : MemoryStream(content.ToArray())
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length || ending == Ending.Ends) return await base.ReadAsync(buffer, cancellationToken);
            if (ending == Ending.Stalls) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new HttpRequestException("the connection broke");
        }
    }
}
