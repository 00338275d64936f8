using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Passthrough;

/// <summary>Log messages of the audio transcoder, ids 5650 to 5699.</summary>
internal static partial class PassthroughLog
{
    [LoggerMessage(5650, LogLevel.Error, "FFmpeg could not be started at '{Path}' ({Reason}): the stream goes on without audio, and it is tried again every {Pause}. Install FFmpeg 5 or later, or set Packager:FFmpegPath")]
    public static partial void FFmpegMissing(this ILogger logger, string path, string reason, TimeSpan pause);

    [LoggerMessage(5651, LogLevel.Warning, "FFmpeg exited with code {Code}; audio is silent until it runs again, in {Delay} at the earliest. Its last words: {Errors}")]
    public static partial void FFmpegExited(this ILogger logger, int code, TimeSpan delay, string errors);
}
