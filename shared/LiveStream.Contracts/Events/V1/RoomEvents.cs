namespace LiveStream.Contracts.Events.V1;

/// <summary>A room was made. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="Name">Unique in the workspace, whatever the case.</param>
/// <param name="TemplateId">The template with its roles.</param>
/// <param name="Enabled">Whether people may join.</param>
/// <param name="CreatedAt">When.</param>
public sealed record RoomCreated(string CustomerId, string RoomId, string Name, string TemplateId, bool Enabled, DateTimeOffset CreatedAt);

/// <summary>A room was changed; the fields are those after the change. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="Name">Unique in the workspace, whatever the case.</param>
/// <param name="TemplateId">The template with its roles.</param>
/// <param name="Enabled">Whether people may join; a running session goes on either way.</param>
/// <param name="UpdatedAt">When.</param>
public sealed record RoomUpdated(string CustomerId, string RoomId, string Name, string TemplateId, bool Enabled, DateTimeOffset UpdatedAt);

/// <summary>A room got a code for a role. The code itself is a secret and not part of it. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="CodeId">Id of the code, 24 hex digits.</param>
/// <param name="Role">Name of the role that it opens.</param>
/// <param name="CreatedAt">When.</param>
public sealed record RoomCodeCreated(string CustomerId, string RoomId, string CodeId, string Role, DateTimeOffset CreatedAt);

/// <summary>A room's code was turned on or off. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="CodeId">Id of the code, 24 hex digits.</param>
/// <param name="Role">Name of the role that it opens.</param>
/// <param name="Enabled">Whether it is accepted.</param>
/// <param name="UpdatedAt">When.</param>
public sealed record RoomCodeChanged(string CustomerId, string RoomId, string CodeId, string Role, bool Enabled, DateTimeOffset UpdatedAt);

/// <summary>
/// A template was made or changed; running sessions keep what they started with. Owner: rooms. Ordering key: the template.
/// </summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="TemplateId">24 hex digits.</param>
/// <param name="Name">Unique in the workspace.</param>
/// <param name="SavedAt">When.</param>
public sealed record TemplateSaved(string CustomerId, string TemplateId, string Name, DateTimeOffset SavedAt);

/// <summary>A workspace got a key, or a key of it was ended. Owner: rooms. Ordering key: the workspace.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="AccessKey">Names the key; its secret is not part of it.</param>
/// <param name="Valid">Whether tokens of the key are accepted.</param>
/// <param name="ChangedAt">When.</param>
public sealed record WorkspaceKeyChanged(string CustomerId, string AccessKey, bool Valid, DateTimeOffset ChangedAt);
