using System.ComponentModel.DataAnnotations;

using Microsoft.Extensions.Options;

namespace LiveStream.Hosting.Bus;

/// <summary>Section <c>Events</c>: delivery of events inside the platform.</summary>
public sealed class EventOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Events";

    /// <summary>How long delivered events are kept, for people who look for what happened.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Pause of a subscriber after a batch that was not full: under load it gets fewer and larger batches, which cost the database
    /// less. An event after a quiet moment does not wait.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan BatchPause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often to look for events that another process wrote, and for a subscriber that another process gave up.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause after a handler failed; it doubles at each further failure.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest of these pauses.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often events past their retention are removed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TrimInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Events that a subscriber reads at once; more is faster, and after a crash more are delivered twice.</summary>
    [Range(1, 1000)]
    public int BatchSize { get; set; } = 100;
}

/// <summary>Checks <see cref="EventOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class EventOptionsValidator : IValidateOptions<EventOptions>;
