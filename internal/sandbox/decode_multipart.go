package sandbox

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
)

// decodeMultipart reads the forms that carry files. Of a file the name is all that is kept.
func decodeMultipart(body []byte, contentType string) (value, *Error) {
	form := value{kind: kindObject}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["boundary"] == "" || !bytes.Contains(body, []byte("--"+params["boundary"])) {
		return form, badRequest("multipart body has no boundary")
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return form, badRequest("multipart body is malformed")
		}
		text, err := partText(part)
		if err != nil {
			return form, badRequest("multipart body is malformed")
		}
		if err := form.add(part.FormName(), text); err != nil {
			return form, err
		}
	}
}

func partText(part *multipart.Part) (string, error) {
	if name := part.FileName(); name != "" {
		return name, nil
	}
	text, err := io.ReadAll(part)
	return string(text), err
}
