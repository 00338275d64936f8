namespace LiveStream.Contracts.Events.V1;

/// <summary>
/// A role of a template was made, changed or renamed; a <see cref="TemplateSaved"/> of the same change follows. Owner:
/// rooms. Ordering key: the template.
/// </summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="TemplateId">24 hex digits.</param>
/// <param name="Role">Name of the role after the change.</param>
/// <param name="PreviousName">Name before the change if it was another one, else null.</param>
/// <param name="ChangedAt">When.</param>
public sealed record RoleChanged(string CustomerId, string TemplateId, string Role, string? PreviousName, DateTimeOffset ChangedAt);

/// <summary>
/// A role of a template is gone; a <see cref="TemplateSaved"/> of the same change follows. Owner: rooms. Ordering key: the
/// template.
/// </summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="TemplateId">24 hex digits.</param>
/// <param name="Role">Name of the role.</param>
/// <param name="DeletedAt">When.</param>
public sealed record RoleDeleted(string CustomerId, string TemplateId, string Role, DateTimeOffset DeletedAt);
