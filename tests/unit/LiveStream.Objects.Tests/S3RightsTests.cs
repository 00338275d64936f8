using System.Collections.Concurrent;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.Objects.Tests;

/// <summary>A bucket whose user may write, and may not list unfinished uploads.</summary>
public sealed class S3RightsTests
{
    [Fact]
    public async Task Upload_WithoutTheRightToListUnfinishedOnes_IsWhole()
    {
        var parts = new ConcurrentDictionary<string, long>();
        var denied = 0;
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.Run(async context =>
        {
            var query = context.Request.Query;
            switch (context.Request.Method)
            {
                case "GET" when query.ContainsKey("uploads"):
                    denied++;
                    context.Response.StatusCode = StatusCodes.Status403Forbidden;
                    await context.Response.WriteAsync("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
                    break;
                case "POST" when query.ContainsKey("uploads"):
                    await context.Response.WriteAsync("<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>a.zip</Key><UploadId>1</UploadId></InitiateMultipartUploadResult>");
                    break;
                case "PUT":
                    using (var body = new MemoryStream())
                    {
                        await context.Request.Body.CopyToAsync(body);
                        parts[query["partNumber"].ToString()] = body.Length;
                    }

                    context.Response.Headers.ETag = "\"part\"";
                    break;
                default:
                    await context.Response.WriteAsync("<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>a.zip</Key><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>");
                    break;
            }
        });
        await server.StartAsync();
        var options = new S3Options { Endpoint = server.Urls.First(), Bucket = "b", AccessKey = "a", SecretKey = "s", PlainBodies = true };
        using var store = new S3ObjectStore(options, NullLogger<S3ObjectStore>.Instance);

        Assert.Equal(5, await store.UploadAsync("a.zip", "application/zip", async (target, cancel) => await target.WriteAsync("whole"u8.ToArray(), cancel), default));
        Assert.Equal(5, Assert.Single(parts).Value);
        Assert.Equal(1, denied);
    }
}
