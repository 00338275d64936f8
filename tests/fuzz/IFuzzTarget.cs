namespace LiveStream.Fuzz;

/// <summary>
/// A parser under fuzz. Every public class with a parameterless constructor is found by reflection; its corpus
/// lies in <c>corpus/{Name}/</c>, one input a file, named by what the input is.
/// </summary>
public interface IFuzzTarget
{
    /// <summary>Name of the target and of its corpus folder.</summary>
    string Name { get; }

    /// <summary>Parses the input and checks the result by its oracle.</summary>
    /// <exception cref="FuzzFailureException">The oracle disagrees.</exception>
    void Run(ReadOnlySpan<byte> input);
}
