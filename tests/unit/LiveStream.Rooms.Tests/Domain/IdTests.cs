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
        var code = RoomCode.Create("65f0a1b2c3d4e5f60718293a", "broadcaster", FixedTime.Noon);

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
    public void CreateWorkspace_Twice_SharesNothing()
    {
        var a = Workspace.Create("a", FixedTime.Noon);
        var b = Workspace.Create("b", FixedTime.Noon);

        Assert.Equal(86, a.Secret.Length);
        Assert.NotEqual(a.Secret, b.Secret);
        Assert.NotEqual(a.AccessKey, b.AccessKey);
        Assert.NotEqual(a.CustomerId, b.CustomerId);
    }
}
