using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>Log messages of the ingest, ids 5600 to 5699.</summary>
internal static partial class IngestLog
{
    [LoggerMessage(5600, LogLevel.Information, "Exports are accepted on {EndPoint}")]
    public static partial void Listening(this ILogger logger, System.Net.EndPoint? endPoint);
}
