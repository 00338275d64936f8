using LiveStream.Rooms.Storage;

namespace LiveStream.Rooms.Tests.Events;

public sealed class MessageIdsTests
{
    [Fact]
    public void Next_OfOneTransaction_AscendsAsGuidAndAsText()
    {
        var source = new MessageIds();
        var ids = Enumerable.Range(0, 1000).Select(_ => source.Next()).ToArray();

        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids.Select(id => id.ToString()).Order(StringComparer.Ordinal), ids.Select(id => id.ToString()));
        Assert.Equal(1000, ids.Distinct().Count());
    }

    [Fact]
    public void Next_OfTransactions_DiffersAndIsAVersion4Uuid()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => new MessageIds().Next()).ToArray();

        Assert.Equal(1000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal((4, true), (id.Version, id.Variant is >= 8 and <= 11)));
    }
}
