using System.Buffers.Binary;
using System.Text;

namespace LiveStream.HlsPackager.Tests.Cmaf;

/// <summary>A slow, obvious reader of ISO boxes, written apart from the writer that it checks.</summary>
internal sealed record Box(string Type, byte[] Content, List<Box> Children)
{
    private static readonly string[] Containers = ["moov", "trak", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf"];

    public static List<Box> Read(byte[] data)
    {
        var boxes = new List<Box>();
        var position = 0;
        while (position < data.Length)
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(position));
            Assert.InRange(size, 8, data.Length - position);
            var type = Encoding.ASCII.GetString(data, position + 4, 4);
            var content = data[(position + 8)..(position + size)];
            boxes.Add(new Box(type, content, Containers.Contains(type) ? Read(content) : []));
            position += size;
        }

        return boxes;
    }

    public Box this[string path]
    {
        get
        {
            var box = this;
            foreach (var type in path.Split('/')) box = Assert.Single(box.Children, child => child.Type == type);
            return box;
        }
    }

    public int Flags => (int)(U32(0) & 0xFFFFFF);

    public int Version => Content[0];

    public uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Content.AsSpan(offset));

    public ulong U64(int offset) => BinaryPrimitives.ReadUInt64BigEndian(Content.AsSpan(offset));

    public int U16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Content.AsSpan(offset));
}
