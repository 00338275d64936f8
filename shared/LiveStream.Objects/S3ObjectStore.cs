using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;

using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

using Microsoft.Extensions.Logging;

namespace LiveStream.Objects;

/// <summary>Objects in a bucket. The client tries again what fails by chance.</summary>
internal sealed class S3ObjectStore : IObjectStore, IDisposable
{
    private const int MaxRetries = 3;

    private readonly S3Options _options;
    private readonly AmazonS3Client _client;
    private readonly AmazonS3Client _linkClient;
    private readonly Protocol _linkProtocol;
    private readonly string _prefix;
    private readonly ILogger _logger;

    public S3ObjectStore(S3Options options, ILogger<S3ObjectStore> logger)
    {
        (_options, _logger) = (options, logger);
        _prefix = options.Prefix.Length > 0 ? options.Prefix + "/" : "";
        _client = Connect(options, options.Endpoint);
        var links = options.PublicEndpoint.Length > 0 ? options.PublicEndpoint : options.Endpoint;
        _linkClient = links == options.Endpoint ? _client : Connect(options, links);
        _linkProtocol = links.StartsWith("http:", StringComparison.OrdinalIgnoreCase) ? Protocol.HTTP : Protocol.HTTPS;
    }

    public async Task PutAsync(string key, string contentType, IReadOnlyList<byte[]> content, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        var length = content.Sum(block => block.Length);
        var body = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var end = 0;
            foreach (var block in content)
            {
                block.CopyTo(body, end);
                end += block.Length;
            }

            using var stream = new MemoryStream(body, 0, length, writable: false);
            var request = new PutObjectRequest { BucketName = _options.Bucket, Key = name, ContentType = contentType, InputStream = stream, AutoCloseStream = false };
            await Guarded(() => _client.PutObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    public async Task<long> UploadAsync(string key, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        await AbortUnfinishedAsync(name, cancellationToken).ConfigureAwait(false);
        var begin = new InitiateMultipartUploadRequest { BucketName = _options.Bucket, Key = name, ContentType = contentType };
        var begun = await Guarded(() => _client.InitiateMultipartUploadAsync(begin, cancellationToken), cancellationToken).ConfigureAwait(false);
        try
        {
            await using var parts = new MultipartStream((number, body, cancel) => PutPartAsync(name, begun.UploadId, number, body, cancel));
            await write(parts, cancellationToken).ConfigureAwait(false);
            var tags = await parts.FinishAsync(cancellationToken).ConfigureAwait(false);
            var end = new CompleteMultipartUploadRequest
            {
                BucketName = _options.Bucket,
                Key = name,
                UploadId = begun.UploadId,
                PartETags = [.. tags.Select((tag, index) => new PartETag(index + 1, tag))],
            };
            await Guarded(() => _client.CompleteMultipartUploadAsync(end, cancellationToken), cancellationToken).ConfigureAwait(false);
            return parts.Written;
        }
        catch
        {
            await TryAbortAsync(name, begun.UploadId, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public async Task<StoredObject?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        var request = new GetObjectMetadataRequest { BucketName = _options.Bucket, Key = name };
        var found = await Guarded(() => _client.GetObjectMetadataAsync(request, cancellationToken), cancellationToken, absent: true).ConfigureAwait(false);
        if (found is null) return null;
        var stream = new RangeStream(found.ContentLength, (from, cancel) => ReadAsync(name, found.ETag, from, cancel), _options.RequestTimeout);
        var modified = found.LastModified is { } at ? new DateTimeOffset(at.ToUniversalTime()) : DateTimeOffset.UnixEpoch;
        return new StoredObject(stream, found.ContentLength, found.Headers.ContentType ?? ObjectTypes.Of(key), found.ETag, modified);
    }

    public async IAsyncEnumerable<string> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = NameOf(folder) + "/" };
        do
        {
            var page = await Guarded(() => _client.ListObjectsV2Async(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var found in page!.S3Objects ?? []) yield return found.Key[_prefix.Length..];
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    public async Task<string?> PresignAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = _options.Bucket, Key = NameOf(key), Verb = HttpVerb.GET, Expires = DateTime.UtcNow + lifetime, Protocol = _linkProtocol,
        };
        return await Guarded(() => _linkClient.GetPreSignedURLAsync(request), cancellationToken).ConfigureAwait(false);
    }

    public string PathOf(string key) => $"s3://{_options.Bucket}/{_prefix}{key}";

    public void Dispose()
    {
        if (_linkClient != _client) _linkClient.Dispose();
        _client.Dispose();
    }

    private static AmazonS3Client Connect(S3Options options, string endpoint)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,
            MaxErrorRetry = MaxRetries,
            Timeout = options.RequestTimeout,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (endpoint.Length > 0) config.ServiceURL = endpoint;
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        if (options.PlainBodies) PlainBodies.UseFor(config);
        return options.AccessKey.Length > 0
            ? new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config)
            : new AmazonS3Client(config);
    }

    private async Task<string> PutPartAsync(string name, string uploadId, int number, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!System.Runtime.InteropServices.MemoryMarshal.TryGetArray(body, out var block)) throw new ArgumentException("not an array", nameof(body));
        using var stream = new MemoryStream(block.Array!, block.Offset, block.Count, writable: false);
        var request = new UploadPartRequest
        {
            BucketName = _options.Bucket, Key = name, UploadId = uploadId, PartNumber = number, InputStream = stream, PartSize = body.Length,
        };
        return (await Guarded(() => _client.UploadPartAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false))!.ETag;
    }

    private async Task<Stream> ReadAsync(string name, string tag, long from, CancellationToken cancellationToken)
    {
        // The tag keeps one reader from getting the start of one object and the end of its successor.
        var request = new GetObjectRequest { BucketName = _options.Bucket, Key = name, EtagToMatch = tag };
        if (from > 0) request.ByteRange = new ByteRange($"bytes={from}-");
        return (await Guarded(() => _client.GetObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false))!.ResponseStream;
    }

    // The right to list them is one that nothing else needs: without it uploads still work.
    private async Task AbortUnfinishedAsync(string name, CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = _options.Bucket, Prefix = name };
        ListMultipartUploadsResponse found;
        try
        {
            found = await Guarded(() => _client.ListMultipartUploadsAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException e)
        {
            _logger.UnfinishedNotFound(name, e.Message);
            return;
        }

        foreach (var upload in found.MultipartUploads ?? [])
        {
            if (upload.Key == name) await TryAbortAsync(name, upload.UploadId, cancellationToken).ConfigureAwait(false);
        }
    }

    // What cannot be removed now costs space until the bucket's own rule for unfinished uploads, nothing else.
    private async Task TryAbortAsync(string name, string uploadId, CancellationToken cancellationToken)
    {
        try
        {
            await _client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = _options.Bucket, Key = name, UploadId = uploadId }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException)
        {
        }
    }

    private string NameOf(string key) => _prefix + ObjectKey.Require(key);

    private static async Task<T> Guarded<T>(Func<Task<T>> call, CancellationToken cancellationToken, bool absent = false)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (AmazonServiceException e) when (absent && e.StatusCode == HttpStatusCode.NotFound)
        {
            return default!;
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ObjectStoreException(e.Message, e);
        }
    }
}
