using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>Reads the plugins of a template.</summary>
internal static class PluginsReader
{
    private static readonly string[] s_modes = ["caption"];

    public static TemplatePlugins Read(Fields plugins) => new()
    {
        Whiteboard = plugins.Object("whiteboard") is { } whiteboard ? new() { Permissions = Permissions(whiteboard) } : null,
        Transcriptions = plugins.Object("transcriptions") is { } transcriptions
            ? new() { Permissions = Permissions(transcriptions), Mode = transcriptions.OneOf("mode", s_modes, "caption") }
            : null,
        NoiseCancellation = plugins.Object("noiseCancellation") is { } noise ? new() { Enabled = noise.Flag("enabled", false) } : null,
    };

    private static PluginPermissions Permissions(Fields plugin)
    {
        var permissions = plugin.ObjectOrEmpty("permissions");
        return new PluginPermissions
        {
            Admin = RoleReader.RoleNames(permissions, "admin"),
            Writer = RoleReader.RoleNames(permissions, "writer"),
            Reader = RoleReader.RoleNames(permissions, "reader"),
        };
    }
}
