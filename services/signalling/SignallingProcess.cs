namespace LiveStream.Signalling;

/// <summary>Names this process to media servers, which tell by it whether somebody still looks after a transport.</summary>
/// <param name="Id">Unique among processes, and another one after a restart.</param>
internal sealed record SignallingProcess(string Id);
