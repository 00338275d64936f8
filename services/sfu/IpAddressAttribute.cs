using System.ComponentModel.DataAnnotations;
using System.Net;

namespace LiveStream.Sfu;

/// <summary>A setting that is an IP address, or a list of them; checked at start, not with the first client.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IpAddressAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        ArgumentNullException.ThrowIfNull(validationContext);
        string[] texts = value switch
        {
            string text => [text],
            IEnumerable<string> list => [.. list],
            _ => [],
        };
        var wrong = Array.Find(texts, text => !IPAddress.TryParse(text, out _));
        return wrong is null ? ValidationResult.Success : new ValidationResult($"{validationContext.DisplayName}: '{wrong}' is not an IP address.");
    }
}
