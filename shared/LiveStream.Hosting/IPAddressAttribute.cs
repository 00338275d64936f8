using System.ComponentModel.DataAnnotations;
using System.Net;

namespace LiveStream.Hosting;

/// <summary>The text is an IPv4 or IPv6 address.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class IPAddressAttribute : ValidationAttribute
{
    /// <summary>Makes the attribute with its message.</summary>
    public IPAddressAttribute()
        : base("The {0} field is not an IP address.")
    {
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is string text && IPAddress.TryParse(text, out _));
}
