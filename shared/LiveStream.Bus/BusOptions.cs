using System.ComponentModel.DataAnnotations;

using Microsoft.Extensions.Options;

namespace LiveStream.Bus;

/// <summary>How events reach their subscribers.</summary>
public enum BusTransport
{
    /// <summary>Subscribers read the log themselves, in the process that owns it.</summary>
    InProcess,

    /// <summary>The owner of the log relays it to RabbitMQ; each subscriber has a queue there.</summary>
    RabbitMq,
}

/// <summary>Section <c>Bus</c>: events between processes.</summary>
public sealed class BusOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Bus";

    /// <summary>RabbitMq where services are processes of their own.</summary>
    public BusTransport Transport { get; set; } = BusTransport.InProcess;

    /// <summary>Name or address of the broker.</summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>AMQP port; with TLS mostly 5671.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 5672;

    /// <summary>Virtual host.</summary>
    [Required]
    public string VirtualHost { get; set; } = "/";

    /// <summary>Who connects.</summary>
    [Required]
    public string User { get; set; } = "guest";

    /// <summary>The user's password; better kept in the environment.</summary>
    public string Password { get; set; } = "guest";

    /// <summary>Connects by TLS, and checks the broker's certificate against its host name.</summary>
    public bool Tls { get; set; }

    /// <summary>Begins the names of exchanges and queues; another one where two installations share a virtual host.</summary>
    [Required]
    [RegularExpression("[a-z0-9-]{1,32}", ErrorMessage = "Prefix: 1 to 32 of a-z, 0-9 and dash are wanted.")]
    public string Prefix { get; set; } = "livestream";

    /// <summary>
    /// Subscribers of other processes whose queues the relay makes before it publishes anything: one that starts for the first
    /// time later misses nothing. A subscriber that is gone for good must leave this list, and its queue be deleted.
    /// </summary>
    public IList<string> Subscribers { get; } = [];

    /// <summary>How long the relay waits for the broker's confirm before it begins anew.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Events of different keys that the relay publishes at once; those of one key follow each other.</summary>
    [Range(1, 1000)]
    public int PublishConcurrency { get; set; } = 64;

    /// <summary>Events that a subscriber has from the broker and not handled yet; also its largest batch.</summary>
    [Range(1, 1000)]
    public int Prefetch { get; set; } = 100;
}

/// <summary>Checks <see cref="BusOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class BusOptionsValidator : IValidateOptions<BusOptions>;
