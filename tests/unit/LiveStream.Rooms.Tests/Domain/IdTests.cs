using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Tests.Domain;

public sealed class IdTests
{
    [Fact]
    public void New_AtAMoment_BeginsWithItsSecondsAndIsValid()
    {
        var id = ObjectId.New(DateTimeOffset.FromUnixTimeSeconds(0x65f0a1b2));

        Assert.StartsWith("65f0a1b2", id, StringComparison.Ordinal);
        Assert.True(ObjectId.IsValid(id));
        Assert.NotEqual(id, ObjectId.New(DateTimeOffset.FromUnixTimeSeconds(0x65f0a1b2)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("65f0a1b2c3d4e5f60718293")]
    [InlineData("65f0a1b2c3d4e5f60718293aa")]
    [InlineData("65F0A1B2C3D4E5F60718293A")]
    [InlineData("65f0a1b2c3d4e5f60718293/")]
    [InlineData("../../../../etc/passwd.12")]
    public void IsValid_AnythingButTwentyFourLowerHexDigits_IsFalse(string? text) => Assert.False(ObjectId.IsValid(text));

    [Fact]
    public void CreateRoomCode_HasTheDocumentedForm()
    {
        var code = RoomCode.Create("65dd00000000000000000004", "65f0a1b2c3d4e5f60718293a", "broadcaster", FixedTime.Noon);

        Assert.Matches("^[a-z]{3}-[a-z]{4}-[a-z]{3}$", code.Code);
        Assert.True(RoomCode.IsValid(code.Code));
        Assert.True(code.Enabled);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("abcdefghijkl")]
    [InlineData("abc-defg-hi")]
    [InlineData("abc-defg-hi1")]
    [InlineData("ABC-defg-hij")]
    [InlineData("abcd-efg-hij")]
    public void IsValidRoomCode_OtherForms_IsFalse(string? text) => Assert.False(RoomCode.IsValid(text));

    [Fact]
    public void CreateWorkspaceAndKey_Twice_SharesNothing()
    {
        var (a, b) = (Workspace.Create("a", FixedTime.Noon), Workspace.Create("b", FixedTime.Noon));
        var (keyOfA, keyOfB) = (WorkspaceKey.Create(a.CustomerId, FixedTime.Noon), WorkspaceKey.Create(b.CustomerId, FixedTime.Noon));

        Assert.Equal(86, keyOfA.Secret.Length);
        Assert.NotEqual(keyOfA.Secret, keyOfB.Secret);
        Assert.NotEqual(keyOfA.AccessKey, keyOfB.AccessKey);
        Assert.NotEqual(a.CustomerId, b.CustomerId);
    }

    [Fact]
    public void Next_WhileTheClockStandsOrStepsBack_AscendsAndTellsTheTimeItCarries()
    {
        var time = new FixedTime(FixedTime.Noon);
        var ids = new IdSequence(time);
        var stamps = Enumerable.Range(0, 1000).Select(_ => ids.Next()).ToList();
        time.Now = FixedTime.Noon.AddSeconds(-5);
        stamps.AddRange(Enumerable.Range(0, 1000).Select(_ => ids.Next()));
        time.Now = FixedTime.Noon.AddSeconds(5);
        stamps.Add(ids.Next());

        Assert.Equal(stamps.Select(s => s.Id).Order(StringComparer.Ordinal), stamps.Select(s => s.Id));
        Assert.All(stamps, s => Assert.Equal(ObjectId.LowestOf(s.At)[..8], s.Id[..8]));
        Assert.Equal(FixedTime.Noon.AddSeconds(5), stamps[^1].At);
    }

    [Fact]
    public void LowestOf_IsBelowEveryIdOfThatSecondAndAboveTheOneBefore()
    {
        var lowest = ObjectId.LowestOf(FixedTime.Noon);

        Assert.True(ObjectId.IsValid(lowest));
        Assert.True(string.CompareOrdinal(lowest, ObjectId.New(FixedTime.Noon)) <= 0);
        Assert.True(string.CompareOrdinal(lowest, ObjectId.New(FixedTime.Noon.AddTicks(-1))) > 0);
        Assert.Equal(new string('0', 24), ObjectId.LowestOf(DateTimeOffset.MinValue));
        Assert.StartsWith("ffffffff", ObjectId.LowestOf(DateTimeOffset.MaxValue), StringComparison.Ordinal);
    }
}
