namespace LiveStream.E2E.Tests.Harness;

/// <summary>Finds files of the working copy from the folder the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "LiveStream.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException("LiveStream.sln is in no folder above the tests");
    }
}
