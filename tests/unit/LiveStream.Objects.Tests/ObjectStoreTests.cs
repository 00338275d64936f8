using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

using Amazon.S3;
using Amazon.S3.Model;

using LiveStream.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.Objects.Tests;

/// <summary>What holds for every kind of store.</summary>
public abstract class ObjectStoreTests
{
    private readonly string _top = $"t{Guid.NewGuid():n}";

    /// <summary>The store under test.</summary>
    protected abstract IObjectStore Store { get; }

    [Fact]
    public async Task Put_ThenOpen_GivesTheBytes_AtAnyPlace()
    {
        byte[][] blocks = [RandomNumberGenerator.GetBytes(70_000), [], RandomNumberGenerator.GetBytes(30_000)];
        var all = blocks.SelectMany(block => block).ToArray();
        await Store.PutAsync($"{_top}/a/b.m4s", "video/iso.segment", blocks, default);

        await using var found = await Store.OpenAsync($"{_top}/a/b.m4s", default);

        Assert.Equal((100_000L, "video/iso.segment"), (found!.Length, found.ContentType));
        Assert.Matches("^\"[^\"]+\"$", found.ETag);
        Assert.InRange(found.ModifiedAt, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Assert.Equal(all, await ReadAsync(found.Content));
        found.Content.Seek(60_000, SeekOrigin.Begin);
        Assert.Equal(all[60_000..], await ReadAsync(found.Content));
        found.Content.Seek(-10, SeekOrigin.End);
        Assert.Equal(all[^10..], await ReadAsync(found.Content));
    }

    [Fact]
    public async Task Put_Again_Replaces()
    {
        await Store.PutAsync($"{_top}/x.json", "application/json", ["first, and longer"u8.ToArray()], default);
        await Store.PutAsync($"{_top}/x.json", "application/json", ["second"u8.ToArray()], default);
        await using var found = await Store.OpenAsync($"{_top}/x.json", default);
        Assert.Equal("second"u8.ToArray(), await ReadAsync(found!.Content));
    }

    [Fact]
    public async Task Open_WhatIsNotThere_IsNull() => Assert.Null(await Store.OpenAsync($"{_top}/nothing", default));

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData(".hidden")]
    [InlineData("")]
    public async Task AnyCall_WithWhatIsNoKey_IsRefused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenAsync(key, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(key, "x/y", [], default));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.UploadAsync(key, "x/y", (_, _) => Task.CompletedTask, default));
    }

    [Fact]
    public async Task List_NamesWhatIsBelowAFolder()
    {
        foreach (var name in new[] { "one/1", "one/deep/2", "one.3", "onemore/4" }) await Store.PutAsync($"{_top}/{name}", "x/y", ["."u8.ToArray()], default);

        var found = new List<string>();
        await foreach (var key in Store.ListAsync($"{_top}/one", default)) found.Add(key);

        Assert.Equal([$"{_top}/one/1", $"{_top}/one/deep/2"], found.Order(StringComparer.Ordinal));
        await foreach (var key in Store.ListAsync($"{_top}/nowhere", default)) Assert.Fail(key);
    }

    [Fact]
    public async Task Upload_OfSeveralParts_IsWhole()
    {
        var blocks = Enumerable.Range(0, 17).Select(_ => RandomNumberGenerator.GetBytes(1_000_001)).ToArray();

        var written = await Store.UploadAsync(
            $"{_top}/big.zip",
            "application/zip",
            async (target, cancel) =>
            {
                Assert.False(target.CanSeek);
                foreach (var block in blocks)
                {
                    await target.WriteAsync(block, cancel);
                    target.Write("mark"u8);
                }
            },
            default);

        Assert.Equal(17 * 1_000_005, written);
        await using var found = await Store.OpenAsync($"{_top}/big.zip", default);
        Assert.Equal((written, "application/zip"), (found!.Length, found.ContentType));
        Assert.Equal(blocks.SelectMany(block => block.Concat("mark"u8.ToArray())).ToArray(), await ReadAsync(found.Content));
    }

    [Fact]
    public async Task Upload_OfNothing_IsThereAndEmpty()
    {
        Assert.Equal(0, await Store.UploadAsync($"{_top}/empty.zip", "application/zip", (_, _) => Task.CompletedTask, default));
        await using var found = await Store.OpenAsync($"{_top}/empty.zip", default);
        Assert.Equal(0, found!.Length);
        Assert.Empty(await ReadAsync(found.Content));
    }

    [Fact]
    public async Task Upload_ThatFails_LeavesNothing_AndMayBeDoneAgain()
    {
        var failing = Store.UploadAsync(
            $"{_top}/f.zip",
            "application/zip",
            async (target, cancel) =>
            {
                await target.WriteAsync(new byte[9_000_000], cancel);
                throw new InvalidDataException("the source broke");
            },
            default);
        await Assert.ThrowsAsync<InvalidDataException>(() => failing);
        Assert.Null(await Store.OpenAsync($"{_top}/f.zip", default));

        await Store.UploadAsync($"{_top}/f.zip", "application/zip", async (target, cancel) => await target.WriteAsync("whole"u8.ToArray(), cancel), default);

        await using var found = await Store.OpenAsync($"{_top}/f.zip", default);
        Assert.Equal("whole"u8.ToArray(), await ReadAsync(found!.Content));
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}

public sealed class FolderObjectStoreTests : ObjectStoreTests, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-objects-").FullName;

    protected override IObjectStore Store => new FolderObjectStore(_folder);

    [Fact]
    public async Task Open_ALinkOutOfTheFolder_IsNull()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "passwd"), "/etc/passwd");
        Assert.Null(await Store.OpenAsync("passwd", default));
    }

    [Fact]
    public async Task Put_WhereAFileIsInTheWay_IsAStoreException()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "a"), "");
        await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutAsync("a/b", "x/y", [], default));
    }

    [Fact]
    public async Task ADiskWithoutRoom_IsToldApart()
    {
        Store.RequireRoom(1);
        Assert.True(Assert.Throws<ObjectStoreException>(() => Store.RequireRoom(long.MaxValue)).IsFull);

        // A device that has no room for anything.
        var full = await Assert.ThrowsAsync<IOException>(() => File.WriteAllTextAsync("/dev/full", "x"));
        Assert.True(new ObjectStoreException(full.Message, full).IsFull);
        Assert.False(new ObjectStoreException("away", new IOException("broken pipe")).IsFull);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>One server for all tests: it takes seconds to start.</summary>
public sealed class S3Fixture : IAsyncLifetime
{
    public const string Bucket = "shows";

    private S3Server? _server;

    internal S3Options Options { get; private set; } = new();

    public async Task InitializeAsync()
    {
        _server = await S3Server.StartAsync(CancellationToken.None);
        Options = new S3Options
        {
            Endpoint = _server.Endpoint.ToString().TrimEnd('/'),
            Bucket = Bucket,
            Prefix = "some/prefix",
            AccessKey = S3Server.AccessKey,
            SecretKey = S3Server.SecretKey,
            PlainBodies = true,
        };
        using var client = new AmazonS3Client(
            S3Server.AccessKey, S3Server.SecretKey, new AmazonS3Config { ServiceURL = Options.Endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await client.PutBucketAsync(new PutBucketRequest { BucketName = Bucket });
    }

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}

public sealed class S3ObjectStoreTests(S3Fixture fixture) : ObjectStoreTests, IClassFixture<S3Fixture>, IDisposable
{
    private readonly S3ObjectStore _store = new(fixture.Options, NullLogger<S3ObjectStore>.Instance);

    protected override IObjectStore Store => _store;

    [Fact]
    public async Task Presign_OpensTheObject_InWholeAndByRanges_AndNotForEver()
    {
        await _store.PutAsync("presigned.zip", "application/zip", ["0123456789"u8.ToArray()], default);
        using var client = new HttpClient();
        var link = (await _store.PresignAsync("presigned.zip", TimeSpan.FromMinutes(10), default))!;

        Assert.StartsWith($"{fixture.Options.Endpoint}/{S3Fixture.Bucket}/some/prefix/presigned.zip?", link, StringComparison.Ordinal);
        Assert.Equal("0123456789", await client.GetStringAsync(link));
        using var request = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { Range = new RangeHeaderValue(2, 4) } };
        using var part = await client.SendAsync(request);
        Assert.Equal((HttpStatusCode.PartialContent, "234"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        using var spoiled = await client.GetAsync(link.Replace("presigned.zip", "other.zip", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, spoiled.StatusCode);
    }

    [Fact]
    public void PathOf_NamesTheBucket() => Assert.Equal("s3://shows/some/prefix/a/b.zip", _store.PathOf("a/b.zip"));

    [Fact]
    public async Task AnyCall_WithAWrongSecret_IsAStoreException()
    {
        var wrong = new S3Options
        {
            Endpoint = fixture.Options.Endpoint, Bucket = S3Fixture.Bucket, AccessKey = S3Server.AccessKey, SecretKey = "no", PlainBodies = true,
        };
        using var store = new S3ObjectStore(wrong, NullLogger<S3ObjectStore>.Instance);
        await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutAsync("a", "x/y", ["x"u8.ToArray()], default));
        await Assert.ThrowsAsync<ObjectStoreException>(() => store.OpenAsync("a", default));
    }

    [Fact]
    public async Task AnyCall_WithNobodyListening_IsAStoreException()
    {
        using var store = new S3ObjectStore(new S3Options { Endpoint = "http://127.0.0.1:1", Bucket = "b", AccessKey = "a", SecretKey = "s" }, NullLogger<S3ObjectStore>.Instance);
        await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutAsync("a", "x/y", [], default));
    }

    public void Dispose() => _store.Dispose();
}

public sealed class MultipartStreamTests
{
    [Fact]
    public async Task Parts_AreFull_ButTheLast_AndGrowBeforeTheirNumberRunsOut()
    {
        var sizes = new List<int>();
        await using var stream = new MultipartStream(
            (number, part, _) =>
            {
                Assert.Equal(sizes.Count + 1, number);
                sizes.Add(part.Length);
                return Task.FromResult($"tag {number}");
            },
            firstPart: 4);
        for (var i = 0; i < 1500; i++) await stream.WriteAsync("12345"u8.ToArray());
        var tags = await stream.FinishAsync(default);

        Assert.Equal(7500, sizes.Sum());
        Assert.Equal(7500, stream.Written);
        Assert.Equal(tags.Count, sizes.Count);
        Assert.All(sizes[..1000], size => Assert.Equal(4, size));
        Assert.All(sizes[1000..^1], size => Assert.Equal(8, size));
        Assert.NotEqual(0, sizes[^1]);
    }
}
