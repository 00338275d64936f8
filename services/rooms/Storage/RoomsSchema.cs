using LiveStream.Storage.Migrations;

namespace LiveStream.Rooms.Storage;

/// <summary>The numbered scripts in <c>Storage/Migrations</c>.</summary>
internal static class RoomsSchema
{
    /// <summary>Those of the provider's product.</summary>
    public static IReadOnlyList<MigrationScript> Scripts(IDatabaseProvider provider) =>
        MigrationScript.Of(typeof(RoomsSchema).Assembly, $"{typeof(RoomsSchema).Namespace}.Migrations.{provider.ScriptFolder}/");
}
