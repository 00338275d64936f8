using System.Globalization;

namespace LiveStream.Fuzz;

/// <summary>
/// Replays every corpus file and runs seeded mutations of the corpus. <c>FUZZ_ITERATIONS</c> sets their number
/// for each target, <c>FUZZ_SEED</c> another start.
/// </summary>
public class FuzzTests
{
    private static readonly int Iterations = Setting("FUZZ_ITERATIONS", 2000);
    private static readonly int Seed = Setting("FUZZ_SEED", 1);

    public static TheoryData<string> TargetNames => [.. Corpus.Targets.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string, string> Inputs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var target in Corpus.Targets.Keys)
            {
                foreach (var file in Corpus.Files(target)) data.Add(target, Path.GetFileName(file));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Run_CorpusFile_SatisfiesTheOracle(string target, string file) =>
        Run(target, File.ReadAllBytes(Path.Combine(Corpus.Root, target, file)), file);

    [Theory]
    [MemberData(nameof(TargetNames))]
    public void Run_MutationsOfTheCorpus_SatisfyTheOracle(string target)
    {
        var corpus = Corpus.Files(target).Select(File.ReadAllBytes).ToList();
        for (var i = 0; i < Iterations; i++)
        {
            // A mutator of its own for each input: one failing number is enough to make it again.
            var seed = unchecked(Seed * 1_000_003 + i);
            Run(target, new Mutator(seed).Next(corpus), $"mutation with seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(TargetNames))]
    public void Corpus_OfEachTarget_HasInputs(string target) => Assert.NotEmpty(Corpus.Files(target));

    [Fact]
    public void Corpus_Folders_AllBelongToATarget() =>
        Assert.All(Directory.GetDirectories(Corpus.Root), folder => Assert.Contains(Path.GetFileName(folder), Corpus.Targets));

    private static void Run(string target, byte[] input, string name)
    {
        try
        {
            Corpus.Targets[target].Run(input);
        }
        catch (Exception exception)
        {
            throw new FuzzFailureException($"{target}, {name}, input {Convert.ToHexString(input)}", exception);
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
            ? value
            : otherwise;
}
