using System.Diagnostics;

namespace LiveStream.Hosting.Bus;

/// <summary>Traces follow an event from whoever wrote it to whoever handles it, by the log or by a broker.</summary>
public static class EventTracing
{
    /// <summary>Name of the source of these activities.</summary>
    public const string Source = "LiveStream.Events";

    private static readonly ActivitySource s_source = new(Source);

    /// <summary>What is kept with an event that is written now; null where nothing is traced.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } activity ? activity.Id : null;

    /// <summary>A subscriber handles the event; null where nobody listens.</summary>
    public static Activity? StartHandling(string subscriber, LoggedEvent e) => Start($"{subscriber} handles {e.Type}", ActivityKind.Consumer, e);

    /// <summary>The event goes to a broker; null where nobody listens.</summary>
    public static Activity? StartPublishing(LoggedEvent e) => Start($"publish {e.Type}", ActivityKind.Producer, e);

    private static Activity? Start(string name, ActivityKind kind, LoggedEvent e)
    {
        // Without a parent it would be a trace of its own, about something that nobody asked to be traced.
        if (!ActivityContext.TryParse(e.Trace, null, isRemote: true, out var parent)) return null;
        var activity = s_source.StartActivity(name, kind, parent);
        activity?.SetTag("messaging.message.id", e.MessageId.ToString());
        activity?.SetTag("livestream.key", e.Key);
        return activity;
    }
}
