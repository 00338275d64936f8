namespace LiveStream.Signalling.Protocol;

/// <summary>What the server writes in one frame.</summary>
internal abstract record ServerMessage;

/// <summary>A request was done. The result is an object: clients take an empty value for a failure.</summary>
internal sealed record ReplyMessage(RequestId Id, object Result) : ServerMessage;

/// <summary>A request was not done.</summary>
internal sealed record ErrorMessage(RequestId Id, ProtocolError Error) : ServerMessage;

/// <summary>Something happened. It never carries an id: clients would take it for a reply.</summary>
internal abstract record Notification : ServerMessage
{
    /// <summary>Name on the wire.</summary>
    internal abstract string Method { get; }

    /// <summary>Where the params on the wire are not this record itself.</summary>
    internal virtual object Params => this;
}
