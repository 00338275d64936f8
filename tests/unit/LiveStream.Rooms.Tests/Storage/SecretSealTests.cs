using System.Text;

using LiveStream.Storage.Sealing;

namespace LiveStream.Rooms.Tests.Storage;

public sealed class SecretSealTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestream-seal-");

    private string KeyFile => Path.Combine(_folder.FullName, "made", "x.key");

    [Fact]
    public void Seal_OtherRowOtherKeyOrChanged_DoesNotOpen()
    {
        using var seal = SealOf(1);
        using var other = SealOf(2);
        var box = seal.Seal("secret"u8, "row-1");
        Assert.Equal("secret", Encoding.UTF8.GetString(seal.Open(box, "row-1")));
        Assert.DoesNotContain("secret", Encoding.Latin1.GetString(box), StringComparison.Ordinal);
        Assert.Throws<SealingException>(() => seal.Open(box, "row-2"));
        Assert.Throws<SealingException>(() => other.Open(box, "row-1"));
        Assert.Throws<SealingException>(() => seal.Open(box.AsSpan(0, 20), "row-1"));
        box[^1] ^= 1;
        Assert.Throws<SealingException>(() => seal.Open(box, "row-1"));
    }

    [Fact]
    public async Task SealAndOpen_ByManyThreadsAtOnce_EachGetsItsOwn()
    {
        using var seal = SealOf(1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Factory.StartNew(
            () =>
            {
                var (plain, owner) = (Encoding.ASCII.GetBytes($"secret {i}"), $"row-{i}");
                for (var n = 0; n < 20_000; n++) Assert.Equal(plain, seal.Open(seal.Seal(plain, owner), owner));
            },
            default,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    [Fact]
    public void SealText_SameTextTwice_DiffersAndOpens()
    {
        using var seal = SealOf(1);
        var box = seal.SealText("sealed:é", "row-1");
        Assert.StartsWith("sealed:", box, StringComparison.Ordinal);
        Assert.NotEqual(box, seal.SealText("sealed:é", "row-1"));
        Assert.Equal("sealed:é", seal.OpenText(box, "row-1"));
        foreach (var wrong in new[] { "", "sealed:", "sealed:?", "plain", box["sealed:".Length..] })
            Assert.Throws<SealingException>(() => seal.OpenText(wrong, "row-1"));
    }

    [Fact]
    public void Unlock_NothingSealedYet_MakesAKeyForItsOwnerOnlyAndKeepsIt()
    {
        using var first = new SecretSeal();
        Assert.Throws<SealingException>(() => first.SealText("x", "row-1"));
        Assert.True(first.Unlock(new SealingKey("X:Key", "", KeyFile), null));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        var box = first.Seal("x"u8, "row-1");

        using var second = new SecretSeal();
        Assert.False(second.Unlock(new SealingKey("X:Key", "", KeyFile), (box, "row-1")));
        Assert.Equal("x"u8.ToArray(), second.Open(box, "row-1"));
    }

    [Fact]
    public void Unlock_KeyMissingWrongOrNone_SaysWhichAndMakesNone()
    {
        using var right = SealOf(1);
        var sample = (right.Seal("x"u8, "row-1"), "row-1");
        using var seal = new SecretSeal();

        var missing = Assert.Throws<SealingException>(() => seal.Unlock(new SealingKey("X:Key", "", KeyFile), sample));
        Assert.Contains($"put {KeyFile} back, or set X:Key", missing.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyFile));

        var wrong = Assert.Throws<SealingException>(() => seal.Unlock(KeyOf(2), sample));
        Assert.Contains("sealed with another key than X:Key holds", wrong.Message, StringComparison.Ordinal);
        var none = Assert.Throws<SealingException>(() => seal.Unlock(new SealingKey("X:Key", "short", KeyFile), sample));
        Assert.Contains("X:Key holds no key", none.Message, StringComparison.Ordinal);
        Assert.Throws<SealingException>(() => seal.Seal("x"u8, "row-1"));
    }

    [Fact]
    public void Unlock_WithAnOldKey_OpensWhatItSealedAndSealsWithTheNewOne()
    {
        using var first = SealOf(1);
        var box = first.Seal("x"u8, "row-1");
        using var both = new SecretSeal();
        Assert.True(both.Unlock(new SealingKey("X:Key", "", KeyFile, [KeyOf(2).Text, KeyOf(1).Text]), (box, "row-1")));

        Assert.Equal("x"u8.ToArray(), both.Open(box, "row-1"));
        Assert.Throws<SealingException>(() => both.Open(box, "row-2"));
        var anew = both.Reseal(box, "row-1")!;
        Assert.Null(both.Reseal(anew, "row-1"));
        Assert.Null(both.ResealText(both.SealText("x", "row-1"), "row-1"));
        Assert.Throws<SealingException>(() => first.Open(anew, "row-1"));
        using var second = new SecretSeal();
        second.Unlock(new SealingKey("X:Key", "", KeyFile), (anew, "row-1"));
        Assert.Equal("x"u8.ToArray(), second.Open(anew, "row-1"));
    }

    [Fact]
    public void Unlock_OldKeysThatDoNotOpen_MakeNoNewOne()
    {
        using var right = SealOf(1);
        using var seal = new SecretSeal();
        Assert.Throws<SealingException>(() => seal.Unlock(new SealingKey("X:Key", "", KeyFile, [KeyOf(2).Text]), (right.Seal("x"u8, "row-1"), "row-1")));
        Assert.False(File.Exists(KeyFile));
    }

    [Fact]
    public void Key_AsText_IsNotShown() =>
        Assert.DoesNotContain(KeyOf(1).Text, $"{KeyOf(1)}", StringComparison.Ordinal);

    [Fact]
    public async Task Unlock_ManyAtOnce_AgreeOnOneKey()
    {
        var seals = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var seal = new SecretSeal();
            return (Seal: seal, Made: seal.Unlock(new SealingKey("X:Key", "", KeyFile), null));
        })));

        var box = seals[0].Seal.Seal("x"u8, "row-1");
        Assert.Single(seals, one => one.Made);
        Assert.All(seals, one => Assert.Equal("x"u8.ToArray(), one.Seal.Open(box, "row-1")));
        foreach (var (seal, _) in seals) seal.Dispose();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private SealingKey KeyOf(byte fill) => new("X:Key", Convert.ToBase64String(Enumerable.Repeat(fill, SealingKey.Length).ToArray()), KeyFile);

    private SecretSeal SealOf(byte fill)
    {
        var seal = new SecretSeal();
        Assert.False(seal.Unlock(KeyOf(fill), null));
        return seal;
    }
}
