namespace LiveStream.E2E.Tests.Harness;

/// <summary>How the product runs.</summary>
public enum Form
{
    /// <summary>What the run says: <c>E2E_FORM=six</c>, or one process.</summary>
    AsTheRunSays,
    /// <summary>The all-in-one program.</summary>
    OneProcess,
    /// <summary>Six processes that call each other by gRPC, PostgreSQL, RabbitMQ, and nginx in front.</summary>
    SixServices,
    /// <summary>The same with a second SFU node: both announce themselves, and rooms are placed.</summary>
    TwoNodes,
    /// <summary>The same with a second signalling node, and one SFU node that announces itself to both.</summary>
    TwoSignalling,
}
