using Microsoft.Extensions.Logging;

namespace LiveStream.Objects;

/// <summary>Log messages of object stores, ids 1300 to 1399.</summary>
internal static partial class ObjectsLog
{
    [LoggerMessage(1301, LogLevel.Warning, "Unfinished uploads of {Key} in the bucket are not looked for ({Reason}). Let the user list them (s3:ListBucketMultipartUploads), or give the bucket a rule that removes them")]
    public static partial void UnfinishedNotFound(this ILogger logger, string key, string reason);
}
